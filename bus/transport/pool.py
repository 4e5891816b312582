"""Connections are lent out and come back: one user at a time, per origin, and never one that lay idle long.

A connection the partner closed while we began to write on it looks like an unknown outcome, so one that
was idle longer than :data:`KEEP` is not used again: common servers hang up after five seconds or more.
"""

from __future__ import annotations

import threading
import time
from collections import defaultdict, deque
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from typing import Generic, TypeVar

T = TypeVar("T")

#: Seconds a connection may lie idle and still be used.
KEEP = 3.0


class Pool(Generic[T]):
    """Things that are dear to make and serve one thread at a time. Grows to what is in use at once."""

    def __init__(
        self, make: Callable[[], T], discard: Callable[[T], None], monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._make = make
        self._discard = discard
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._closed = False
        self._idle: defaultdict[Hashable, deque[tuple[float, T]]] = defaultdict(deque)

    @contextmanager
    def lent(self, key: Hashable) -> Iterator[T]:
        """One thing for this origin, for the length of the block; a failed block is the end of it."""
        thing = self._take(key)
        try:
            yield thing
        except BaseException:
            self._discard(thing)
            raise
        self._put(key, thing)

    def close(self) -> None:
        """Discard what is idle; what is lent is discarded when it comes back."""
        with self._lock:
            self._closed = True
            left = [thing for idle in self._idle.values() for _, thing in idle]
            self._idle.clear()
        self._discard_all(left)

    def _take(self, key: Hashable) -> T:
        with self._lock:
            stale = self._stale(key)
            thing = self._idle[key].pop()[1] if self._idle[key] else None
            if thing is None:
                stale += self._forgotten()
        self._discard_all(stale)
        return self._make() if thing is None else thing

    def _put(self, key: Hashable, thing: T) -> None:
        with self._lock:
            unwanted = self._stale(key)
            if self._closed:
                unwanted.append(thing)
            else:
                self._idle[key].append((self._monotonic(), thing))
        self._discard_all(unwanted)

    def _stale(self, key: Hashable) -> list[T]:
        idle, limit, stale = self._idle[key], self._monotonic() - KEEP, []
        while idle and idle[0][0] < limit:
            stale.append(idle.popleft()[1])
        return stale

    def _forgotten(self) -> list[T]:
        """What lay idle long for origins that may never be called again, for their files are others by now."""
        stale = [thing for key in list(self._idle) for thing in self._stale(key)]
        for key in [key for key, idle in self._idle.items() if not idle]:
            del self._idle[key]
        return stale

    def _discard_all(self, things: list[T]) -> None:
        for thing in things:
            self._discard(thing)
