"""Failed sign-ins, counted per address and reason: one record a minute, and a limit for what fails.

A request that signs in rightly is never counted nor slowed by its address: many agencies share one.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass

from bus.clock import Clock
from bus.journal.notes import Refusal

_MINUTE = 60.0
#: Addresses remembered at the most; beyond it the oldest minute is forgotten.
_ADDRESSES = 10_000


@dataclass(slots=True)
class _Tally:
    since: float
    count: int
    first: Refusal


class Throttle:
    """``record`` is called with one refusal a minute, an address and a reason; its count tells of how many."""

    def __init__(self, clock: Clock, limit: int, record: Callable[[Refusal], object]) -> None:
        self._clock = clock
        self._limit = limit
        self._record = record
        self._lock = threading.Lock()
        self._tallies: dict[tuple[str, str], _Tally] = {}

    def failed(self, refusal: Refusal) -> None:
        """Count one; the first of a minute is recorded at once, the others with their number when it is over."""
        now = self._clock.monotonic()
        with self._lock:
            ended = self._end_old(now)
            tally = self._tallies.get((refusal.address, refusal.code))
            if tally:
                tally.count += 1
            elif len(self._tallies) < _ADDRESSES:
                self._tallies[refusal.address, refusal.code] = _Tally(now, 0, refusal)
                ended.append(refusal)
        for record in ended:
            self._record(record)

    def throttled(self, address: str) -> bool:
        """Whether so many sign-ins failed from here in this minute that no more are looked at."""
        now = self._clock.monotonic()
        with self._lock:
            mine = [
                tally.count + 1
                for (where, _), tally in self._tallies.items()
                if where == address and now - tally.since < _MINUTE
            ]
        return sum(mine) >= self._limit

    def _end_old(self, now: float) -> list[Refusal]:
        old = [key for key, tally in self._tallies.items() if now - tally.since >= _MINUTE]
        ended = [self._tallies.pop(key) for key in old]
        return [_counted(tally) for tally in ended if tally.count]


def _counted(tally: _Tally) -> Refusal:
    first = tally.first
    return Refusal(first.door, first.code, first.partner, first.address, count=tally.count)
