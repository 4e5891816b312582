"""Refusals on their way into the journal: never more than a bound of them, and none of which nothing is said.

Whoever is refused faster than the journal writes would fill the memory with it. Beyond the bound refusals of a kind are only
counted, and noted as one with their number when there is room; so is what could not be written.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import replace

from bus.errors import Busy
from bus.journal.notes import Refusal

#: Notes that may wait to be written.
_AT_MOST = 1000
#: Kinds of refusals (door, code, partner or address) that are counted apart; of more it is known no longer whose they are.
_KINDS = 1000


class Notebook:
    """``note`` writes one, which is done when its future is. Safe to use from many threads."""

    def __init__(self, note: Callable[[Refusal], Future[None]], at_most: int = _AT_MOST) -> None:
        self._note = note
        self._at_most = at_most
        self._lock = threading.Lock()
        self._open = 0
        self._counted: Counter[Refusal] = Counter()

    def write(self, refusal: Refusal) -> None:
        """Note one, or count it where too many wait. Never waits for the disk."""
        with self._lock:
            if self._open >= self._at_most:
                self._count(refusal)
                return
            self._open += 1
        self._send(refusal)

    def _send(self, refusal: Refusal) -> None:
        with suppress(Busy):  # the journal is closed: this was the last there was to say
            self._note(refusal).add_done_callback(lambda done: self._written(refusal, done))

    def _written(self, refusal: Refusal, done: Future[None]) -> None:
        with self._lock:
            self._open -= 1
            if done.exception():
                self._count(refusal)
                return
            counted = [replace(kind, count=count) for kind, count in self._counted.items()] if not self._open else []
            if counted:
                self._counted.clear()
                self._open += len(counted)
        for one in counted:
            self._send(one)

    def _count(self, refusal: Refusal) -> None:
        kind = Refusal(refusal.door, refusal.code, refusal.partner, refusal.address, count=0)
        if kind not in self._counted and len(self._counted) >= _KINDS:
            kind = Refusal(refusal.door, refusal.code, count=0)
        self._counted[kind] += refusal.count
