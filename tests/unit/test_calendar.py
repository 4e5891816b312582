"""Tết and the horizon over it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bus.calendar import touches_tet
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
