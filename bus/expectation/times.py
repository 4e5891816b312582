"""Deadlines and reminders as instants, on the working calendar. Pure; the calendar is handed in."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta, timezone

from bus.clock import instant, micros
from bus.config.expectations import Remind
from schemas.report.deadlines import IsWorking, after, over

VIETNAM = timezone(timedelta(hours=7))
#: When offices open and close.
_OPENS, _CLOSES = time(7, 30), time(17, 0)
_DAY = timedelta(days=1)
_EPOCH = datetime.fromtimestamp(0, UTC)


def day_of(at: int) -> date:
    """The day in Vietnam."""
    return instant(at).astimezone(VIETNAM).date()


def end_of(day: date) -> int:
    """The moment a deadline on this day has passed."""
    return micros(over(day) - _EPOCH)


def start_of(day: date) -> int:
    """The moment a day begins in Vietnam."""
    return end_of(day - _DAY)


def working_days_after(at: int, count: int, is_working: IsWorking) -> int:
    """The same time of day so many working days later. What comes while offices are closed comes when they open next."""
    came = _at_work(instant(at).astimezone(VIETNAM), is_working)
    day = after(came.date(), count, is_working)
    return micros(datetime.combine(day, came.timetz()) - _EPOCH)


def _at_work(moment: datetime, is_working: IsWorking) -> datetime:
    """The moment, or the next at which offices work."""
    day = moment.date()
    if is_working(day) and moment.time() < _CLOSES:
        return max(moment, datetime.combine(day, _OPENS, VIETNAM))
    return datetime.combine(after(day, 1, is_working), _OPENS, VIETNAM)


def steps(remind: Remind, due_at: int) -> Iterator[int]:
    """When to remind of what is due then."""
    yield from (due_at - micros(one) for one in remind.before)
    yield from (due_at + micros(one) for one in remind.after)


def next_step(remind: Remind, due_at: int | None, now: int) -> int | None:
    """When to remind next, after an instant; None: never again."""
    return min((at for at in steps(remind, due_at) if at > now), default=None) if due_at is not None else None
