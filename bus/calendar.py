"""Tết: the week in which nobody answers the telephone, and a horizon of seven days is too short."""

from __future__ import annotations

from bisect import bisect_right
from datetime import UTC, date, datetime, time, timedelta, timezone
from functools import cache

from bus.clock import micros

_VIETNAM = timezone(timedelta(hours=7))

#: First day of the lunar year in Vietnam. Offices close a few days before and open a week after; a
#: calendar that is a day off changes nothing here.
FIRST_DAYS = (
    date(2026, 2, 17),
    date(2027, 2, 6),
    date(2028, 1, 26),
    date(2029, 2, 13),
    date(2030, 2, 2),
    date(2031, 1, 23),
    date(2032, 2, 11),
    date(2033, 1, 31),
    date(2034, 2, 19),
    date(2035, 2, 8),
)
_BEFORE, _AFTER = timedelta(days=3), timedelta(days=7)


def touches_tet(start: int, end: int) -> bool:
    """Whether the time from start to end (microseconds since 1970) falls into a Tết, in whole or in part."""
    begin, over = _weeks()
    next_one = bisect_right(over, start)
    return next_one < len(begin) and begin[next_one] < end


@cache
def _weeks() -> tuple[tuple[int, ...], tuple[int, ...]]:
    """When each Tết begins and when it is over (microseconds since 1970), in order."""
    begin = tuple(_since_1970(day - _BEFORE) for day in FIRST_DAYS)
    return begin, tuple(_since_1970(day + _AFTER) for day in FIRST_DAYS)


def _since_1970(day: date) -> int:
    return micros(datetime.combine(day, time(), _VIETNAM) - datetime.fromtimestamp(0, UTC))
