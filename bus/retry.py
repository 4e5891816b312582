"""When to try again: policy, attempt and failure in, an instant out. Pure; nobody sleeps here.

The only retry layer of the bus. Limited by time, never by count: the policy's horizon since the first
attempt, or the message's expiry. The curve is tenacity's, which is asked for a wait and not to wait.
"""

from __future__ import annotations

from tenacity import RetryCallState, Retrying, wait_exponential

from bus.calendar import touches_tet
from bus.clock import MICROS, micros
from bus.config.models import RetryPolicy
from bus.errors import FailureClass

#: A wrong secret or a used-up quota does not heal in seconds, and asking often makes both worse.
_SLOW = frozenset({FailureClass.AUTH, FailureClass.QUOTA})


def next_attempt(
    policy: RetryPolicy,
    attempt: int,
    failure: FailureClass,
    *,
    first_at: int,
    now: int,
    roll: float,
    retry_after: float | None = None,
    expires_at: int | None = None,
) -> int | None:
    """The instant of the next attempt, or None when the time for trying is over.

    ``attempt`` is the one that just failed, from 1; ``retry_after`` what the partner asked for in seconds: a
    minimum, also above the cap; ``roll`` a number in [0, 1). Instants are microseconds since 1970. What
    would fall behind the end is tried once more at the end.
    """
    end = deadline(policy, first_at, expires_at)
    if now >= end:
        return None
    seconds = wait(policy, attempt, failure, roll)
    left = (end - now) / MICROS
    return now + round(min(max(seconds, retry_after or 0.0), left) * MICROS)


def deadline(policy: RetryPolicy, first_at: int, expires_at: int | None = None) -> int:
    """When trying ends: the horizon after the first attempt (a longer one over Tết), or the expiry if that is earlier."""
    end = first_at + micros(policy.horizon)
    if touches_tet(first_at, end):
        end = max(end, first_at + micros(policy.horizon_over_tet))
    return end if expires_at is None else min(end, expires_at)


def wait(policy: RetryPolicy, attempt: int, failure: FailureClass, roll: float) -> float:
    """Seconds to wait: growing up to the cap, less a random share of at most ``jitter``; never above the cap."""
    full = policy.cap.total_seconds() if failure in _SLOW else _curve(policy, attempt)
    return full * (1 - policy.jitter * roll)


def _curve(policy: RetryPolicy, attempt: int) -> float:
    first, cap = policy.first.total_seconds(), policy.cap.total_seconds()
    state = RetryCallState(Retrying(), None, (), {})
    state.attempt_number = attempt
    return wait_exponential(multiplier=first, exp_base=policy.factor, max=cap)(state)
