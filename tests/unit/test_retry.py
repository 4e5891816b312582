"""When to try again: growing, capped, spread at random, and over at the horizon."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from bus.clock import MICROS
from bus.config.models import RetryPolicy
from bus.errors import FailureClass
from bus.retry import deadline, next_attempt, wait

POLICY = RetryPolicy()
CONNECT = FailureClass.CONNECT
FIRST = 1_790_000_000 * MICROS
DAY = 86_400 * MICROS

policies = st.builds(
    lambda first, grow, hold, factor, jitter: RetryPolicy(
        first=timedelta(seconds=first),
        factor=factor,
        cap=timedelta(seconds=first + grow),
        jitter=jitter,
        horizon=timedelta(seconds=first + grow + hold),
    ),
    st.floats(0.01, 1e4),
    st.floats(0, 1e5),
    st.floats(0, 1e6),
    st.floats(1, 10),
    st.floats(0, 1),
)
rolls = st.floats(0, 1, exclude_max=True)
attempts = st.integers(1, 100_000)
failures = st.sampled_from(FailureClass)


def after(attempt: int = 1, failure: FailureClass = CONNECT, now: int = FIRST, **more: Any) -> int | None:
    """Microseconds from now to the next attempt, without jitter."""
    due = next_attempt(POLICY, attempt, failure, first_at=FIRST, now=now, roll=more.pop("roll", 0.0), **more)
    return None if due is None else due - now


def test_the_curve_of_the_default_policy() -> None:
    """30 s, doubled each time, at most 15 minutes."""
    seconds = [wait(POLICY, attempt, CONNECT, roll=0.0) for attempt in range(1, 8)]

    assert seconds == [30, 60, 120, 240, 480, 900, 900]


@given(policies, attempts, failures, rolls)
def test_never_less_with_more_attempts(policy: RetryPolicy, attempt: int, failure: FailureClass, roll: float) -> None:
    """With the same roll a later attempt never waits less than an earlier one."""
    assert wait(policy, attempt, failure, roll) <= wait(policy, attempt + 1, failure, roll)


@given(policies, attempts, failures, rolls)
def test_jitter_stays_in_its_share(policy: RetryPolicy, attempt: int, failure: FailureClass, roll: float) -> None:
    """Jitter takes off at most its share and adds nothing, so the cap is never passed."""
    full = wait(policy, attempt, failure, roll=0.0)
    waited = wait(policy, attempt, failure, roll)

    assert full * (1 - policy.jitter) <= waited <= full <= policy.cap.total_seconds()


@given(policies, attempts, failures, rolls, st.floats(0, 1e9), st.integers(0, 10**13), st.integers(0, 10**13))
def test_never_past_the_end(
    policy: RetryPolicy, attempt: int, failure: FailureClass, roll: float, asked: float, gone: int, expiry: int
) -> None:
    """The next attempt lies after now and not after horizon or expiry, whatever the partner asks."""
    now, expires_at = FIRST + gone, FIRST + expiry
    due = next_attempt(
        policy, attempt, failure, first_at=FIRST, now=now, roll=roll, retry_after=asked, expires_at=expires_at
    )

    end = deadline(policy, FIRST, expires_at)
    assert (due is None) == (now >= end)
    assert due is None or now <= due <= end


def test_the_partner_may_ask_for_more_time_but_not_for_less() -> None:
    """Retry-After is a minimum, also above the cap; below our own wait it changes nothing."""
    assert after(retry_after=3600.0) == 3600 * MICROS
    assert after(retry_after=1.0) == 30 * MICROS


def test_an_endless_retry_after_waits_for_the_horizon() -> None:
    """A partner that asks for for ever is tried once more at the end."""
    assert after(retry_after=float("inf")) == 7 * DAY


def test_limited_by_time_never_by_count() -> None:
    """The ten thousandth attempt inside the horizon is followed by another; the second after it is not."""
    assert after(attempt=10_000, now=FIRST + 7 * DAY - 1) == 1
    assert after(attempt=2, now=FIRST + 7 * DAY) is None


def test_an_earlier_expiry_wins_over_the_horizon() -> None:
    """A message with a time of its own is not tried after it."""
    assert after(attempt=9, expires_at=FIRST + 60 * MICROS) == 60 * MICROS
    assert after(expires_at=FIRST) is None


def test_what_does_not_heal_in_seconds_waits_the_cap_at_once() -> None:
    """A wrong secret or a used-up quota is not hammered from the first attempt on."""
    assert after(failure=FailureClass.AUTH) == 900 * MICROS
    assert after(failure=FailureClass.QUOTA) == 900 * MICROS
    assert after(failure=FailureClass.SERVER_FAULT) == 30 * MICROS
