"""By when a report is owed: a rule, a period and a calendar give a day. Pure; the calendar is handed in.

Decree 09/2019, article 8(5): at least one working day after the data end. Article 13: to the Government by day 25 of the period's
last month. Each level below has a rule of its own. Whether a day of the month moves when offices are closed on it is not said anywhere,
so it is a setting: ``shift``.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta, timezone
from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, model_validator

from schemas.report.base import Part
from schemas.report.periods import CALENDAR, Period

_VIETNAM = timezone(timedelta(hours=7))
_DAY = timedelta(days=1)

#: Whether offices work on a day.
IsWorking = Callable[[date], bool]


class Shift(StrEnum):
    """Where a deadline goes that falls on a day on which offices are closed."""

    NONE = "none"
    NEXT = "next_working_day"
    PREVIOUS = "previous_working_day"


class DeadlineRule(Part):
    """Exactly one of ``working_days``, ``days`` and ``day`` says when."""

    #: Working days after the data end.
    working_days: Annotated[int, Field(ge=1, le=250)] | None = None
    #: Days of the calendar after the data end.
    days: Annotated[int, Field(ge=1, le=400)] | None = None
    #: This day of the period's last month (the month's last day where it has fewer), or of the month so many later.
    day: Annotated[int, Field(ge=1, le=31)] | None = None
    months_later: Annotated[int, Field(ge=0, le=12)] = 0
    shift: Shift = Shift.NONE
    #: Never earlier than so many working days after the data end (article 8(5): 1). 0 where that law does not hold.
    floor: Annotated[int, Field(ge=0, le=250)] = 1

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if sum(one is not None for one in (self.working_days, self.days, self.day)) != 1:
            raise ValueError("expected exactly one of working_days, days and day")
        if self.months_later and self.day is None:
            raise ValueError("expected 'day' beside months_later")
        return self


def due(rule: DeadlineRule, period: Period, is_working: IsWorking) -> date:
    """The last day on which the report is in time."""
    if rule.working_days is not None:
        return after(period.data_to, max(rule.working_days, rule.floor), is_working)
    day = period.data_to + rule.days * _DAY if rule.days is not None else _day_of_month(rule, period)
    earliest = after(period.data_to, rule.floor, is_working)
    return max(earliest, shifted(day, rule.shift, is_working))


def _day_of_month(rule: DeadlineRule, period: Period) -> date:
    last = CALENDAR.month_end(period.year, period.last_month + rule.months_later)
    return last.replace(day=min(rule.day or last.day, last.day))


def after(day: date, working_days: int, is_working: IsWorking) -> date:
    """The day that is so many working days after a day; that day itself for 0."""
    while working_days:
        day += _DAY
        working_days -= is_working(day)
    return day


def shifted(day: date, shift: Shift, is_working: IsWorking) -> date:
    """The day itself if offices work on it, else as the setting says."""
    step = {Shift.NEXT: _DAY, Shift.PREVIOUS: -_DAY}.get(shift)
    while step and not is_working(day):
        day += step
    return day


def over(day: date) -> datetime:
    """The moment a deadline has passed: the end of its day in Vietnam."""
    return datetime.combine(day + _DAY, datetime.min.time(), _VIETNAM)
