"""A token or session that is had once for all threads, and again when it has run out or is said to be invalid."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from bus.errors import Unreachable


@dataclass(frozen=True, slots=True)
class Fresh:
    """What was just had, and for how many seconds it may be used."""

    value: str = field(repr=False)
    seconds: float


class Held:
    """Safe to use from many threads: one of them fetches, the others wait for what comes of it."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._value = ""
        self._until = 0.0
        #: How often it was tried, and how the last time failed: who waited meanwhile need not try again.
        self._tries = 0
        self._failure: Unreachable | None = None

    @property
    def known(self) -> str:
        """What is held, however old; '' for nothing."""
        return self._value

    def value(self, fetch: Callable[[], Fresh], stale: str = "") -> str:
        """What is held. ``stale``: a value that was said to be invalid; where that is still held, it is had anew.

        Raises Unreachable as ``fetch`` does.
        """
        tries = self._tries
        with self._lock:
            if self._value and self._value != stale and self._monotonic() < self._until:
                return self._value
            if self._failure and self._tries != tries:
                raise Unreachable(self._failure.failure, self._failure.words, code=self._failure.code)
            return self._fetched(fetch)

    def _fetched(self, fetch: Callable[[], Fresh]) -> str:
        self._value, self._failure = "", None
        self._tries += 1
        try:
            fresh = fetch()
        except Unreachable as failure:
            self._failure = failure
            raise
        self._value, self._until = fresh.value, self._monotonic() + fresh.seconds
        return fresh.value
