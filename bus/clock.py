"""Time is handed in: the system's clock, and one that a test or a drill moves by hand.

Instants are aware UTC datetimes for display and integer microseconds since 1970 in the journal;
waiting inside a process goes by ``monotonic`` seconds, which no clock correction can move.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import Protocol

MICROS = 1_000_000


class Clock(Protocol):
    """What the bus asks about time."""

    def now(self) -> int:
        """Microseconds since 1970-01-01 UTC."""
        ...

    def monotonic(self) -> float:
        """Seconds on a scale that never goes back; only differences mean anything."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> int:
        return time.time_ns() // 1000

    def monotonic(self) -> float:
        return time.monotonic()


class HandClock:
    """Stands still until it is moved; both scales move together."""

    def __init__(self, start: int = 1_790_000_000 * MICROS) -> None:
        self._now = start

    def now(self) -> int:
        return self._now

    def monotonic(self) -> float:
        return self._now / MICROS

    def move(self, by: timedelta | float) -> None:
        """Move ahead by a duration or by seconds."""
        self._now += micros(by)


def micros(duration: timedelta | float) -> int:
    """A duration (or seconds) as whole microseconds."""
    if isinstance(duration, timedelta):
        return duration // timedelta(microseconds=1)
    return int(duration * MICROS)


def instant(at: int) -> datetime:
    """Journal microseconds as an aware UTC datetime."""
    return datetime.fromtimestamp(at // MICROS, tz=UTC).replace(microsecond=at % MICROS)


def iso(at: int | None) -> str | None:
    """Journal microseconds as ISO 8601 in UTC, to the millisecond."""
    return None if at is None else instant(at).isoformat(timespec="milliseconds")
