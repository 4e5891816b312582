"""When offices work, and Tết, when nobody answers the telephone and a horizon of seven days is too short.

Public holidays, the days off that make up for them and the Saturdays worked in exchange come from the library ``holidays``. What the
Government decides too late for it, or a province for itself, is handed in as lists of days (:class:`Offices`).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from functools import cache

from bus.clock import instant, micros

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
#: When offices open and close; the midday rest counts as work.
_OPENS, _CLOSES = time(7, 30), time(17, 0)
_DAY = timedelta(days=1)
#: Nobody looks further back than this: what was silent for longer was silent long enough.
_FURTHEST = timedelta(days=400)


def touches_tet(start: int, end: int) -> bool:
    """Whether the time from start to end (microseconds since 1970) falls into a Tết, in whole or in part."""
    begin, over = _weeks()
    next_one = bisect_right(over, start)
    return next_one < len(begin) and begin[next_one] < end


@cache
def _weeks() -> tuple[tuple[int, ...], tuple[int, ...]]:
    """When each Tết begins and when it is over (microseconds since 1970), in order."""
    begin = tuple(_instant(day - _BEFORE, time()) for day in FIRST_DAYS)
    return begin, tuple(_instant(day + _AFTER, time()) for day in FIRST_DAYS)


@dataclass(frozen=True, slots=True)
class Offices:
    """The working calendar of Vietnam's offices, with days decided besides; ``working`` goes before ``off``."""

    off: frozenset[date] = frozenset()
    working: frozenset[date] = frozenset()

    def is_working(self, day: date) -> bool:
        """Whether offices work on this day."""
        return day in self.working or (day not in self.off and is_working(day))


def is_working(day: date) -> bool:
    """Whether offices work on this day, for all the library knows: Monday to Friday but for holidays, and days worked in exchange."""
    off, exchanged = _public(day.year)
    return day in exchanged or (day.weekday() < 5 and day not in off)


@cache
def _public(year: int) -> tuple[frozenset[date], frozenset[date]]:
    """Days off near a year, and the days at weekends that are worked for some of them."""
    import holidays  # noqa: PLC0415 - not every command pays for the calendars of all countries

    # A day worked for one of January may lie in the December before. Whole before it is shared: the library fills in years as they are asked.
    found = holidays.country_holidays("VN", years=(year, year + 1), expand=False)
    return frozenset(found), frozenset(found.weekend_workdays)


def working_days(start: int, end: int) -> int:
    """How much of the time from start to end lies in days on which offices work (all microseconds)."""
    return sum(_common(start, end, day, time(), day + _DAY, time()) for day in _days(start, end))


def working_hours(start: int, end: int) -> int:
    """How much of the time from start to end lies in the hours in which offices work (all microseconds)."""
    return sum(_common(start, end, day, _OPENS, day, _CLOSES) for day in _days(start, end))


def _days(start: int, end: int) -> Iterator[date]:
    """The working days from start to end, in Vietnam."""
    last = instant(end).astimezone(_VIETNAM).date()
    day = max(instant(start).astimezone(_VIETNAM).date(), last - _FURTHEST)
    while day <= last:
        if is_working(day):
            yield day
        day += _DAY


def _common(start: int, end: int, first: date, opens: time, last: date, closes: time) -> int:
    return max(0, min(end, _instant(last, closes)) - max(start, _instant(first, opens)))


def _instant(day: date, at: time) -> int:
    return micros(datetime.combine(day, at, _VIETNAM) - datetime.fromtimestamp(0, UTC))
