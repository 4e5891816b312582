"""Tết and the horizon over it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from bus.calendar import is_working, touches_tet, working_days, working_hours
from bus.clock import micros
from bus.config.models import RetryPolicy
from bus.retry import deadline

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def at(year: int, month: int, day: int) -> int:
    return micros(datetime(year, month, day, tzinfo=UTC) - EPOCH)


@pytest.mark.parametrize(
    ("start", "end", "touches"),
    [
        (at(2027, 1, 20), at(2027, 1, 27), False),
        (at(2027, 1, 28), at(2027, 2, 4), True),
        (at(2027, 2, 6), at(2027, 2, 7), True),
        (at(2027, 2, 12), at(2027, 2, 19), True),
        (at(2027, 2, 14), at(2027, 2, 21), False),
    ],
)
def test_three_days_before_to_seven_after(start: int, end: int, touches: bool) -> None:
    """A stretch of time touches Tết if any of it lies between three days before and seven days after its first day."""
    assert touches_tet(start, end) is touches


def test_the_horizon_is_longer_over_tet() -> None:
    """Trying goes on for fourteen days where seven would end in the holidays, and for seven otherwise."""
    policy = RetryPolicy()
    before_tet, in_may = at(2027, 2, 1), at(2027, 5, 3)
    assert deadline(policy, before_tet) == before_tet + micros(timedelta(days=14))
    assert deadline(policy, in_may) == in_may + micros(timedelta(days=7))


def test_an_expiry_is_kept_over_tet() -> None:
    """What must not be delivered after its expiry is not, holidays or no."""
    start = at(2027, 2, 1)
    assert deadline(RetryPolicy(), start, start + 5) == start + 5


def vietnam(day: int, hour: int = 0, minute: int = 0) -> int:
    """A time in November 2026; the 23rd is a Monday."""
    return at(2026, 11, day) + micros(timedelta(hours=hour - 7, minutes=minute))


@pytest.mark.parametrize(
    ("start", "end", "hours"),
    [
        (vietnam(23, 7, 30), vietnam(23, 17), 9.5),
        (vietnam(23, 6), vietnam(23, 8), 0.5),
        (vietnam(20, 16), vietnam(23, 8, 30), 2),
        (vietnam(21), vietnam(23), 0),
        (vietnam(23, 18), vietnam(23, 23), 0),
        (vietnam(23, 10), vietnam(23, 9), 0),
    ],
)
def test_the_hours_in_which_offices_work(start: int, end: int, hours: float) -> None:
    """Nights and weekends do not count."""
    assert working_hours(start, end) == micros(timedelta(hours=hours))


def test_the_days_on_which_offices_work() -> None:
    """Whole days from Monday to Friday; a part of one counts as that part."""
    assert working_days(vietnam(20, 12), vietnam(24)) == micros(timedelta(days=1.5))


def test_nobody_works_on_holidays_and_at_tet() -> None:
    """A fixed day, and all of Tết."""
    assert not is_working(date(2026, 4, 30))
    assert not is_working(date(2027, 2, 8))
    assert is_working(date(2027, 2, 15))


def test_a_very_long_time_is_not_gone_through_day_by_day() -> None:
    """Counted back for a little more than a year."""
    assert working_days(0, vietnam(23)) < micros(timedelta(days=400))
