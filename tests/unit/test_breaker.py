"""After some failures in a row nothing is sent for a while, then one probe goes."""

from __future__ import annotations

from bus.breaker import (
    BreakerPolicy,
    after_answer,
    after_dead,
    after_delivered,
    after_failure,
    allowance,
    paused,
    resumed,
)
from bus.clock import MICROS
from bus.journal.notes import Condition

POLICY = BreakerPolicy(failures=3, first=15, cap=60, dead=3)
NOW = 1_790_000_000 * MICROS
FRESH = Condition("axis")


def failed(condition: Condition, times: int, now: int = NOW) -> Condition:
    for _ in range(times):
        condition = after_failure(condition, POLICY, now)
    return condition


def test_it_stays_closed_below_the_number_of_failures() -> None:
    """One short of it: no limit."""
    assert allowance(failed(FRESH, 2), NOW) is None


def test_it_opens_at_the_number_of_failures() -> None:
    """Nothing goes until its time is over; then one probe."""
    opened = failed(FRESH, 3)

    assert allowance(opened, NOW) == 0
    assert allowance(opened, NOW + 15 * MICROS - 1) == 0
    assert allowance(opened, NOW + 15 * MICROS) == 1


def test_an_answer_between_failures_starts_the_count_anew() -> None:
    """In a row means in a row."""
    assert allowance(failed(after_answer(failed(FRESH, 2)), 2), NOW) is None


def test_a_refusal_is_a_sign_of_life() -> None:
    """A probe that is refused closes it."""
    assert allowance(after_dead(after_answer(failed(FRESH, 3)), POLICY, NOW), NOW) is None


def test_each_failed_probe_doubles_the_time_up_to_the_cap() -> None:
    """15, 30, 60, 60 seconds."""
    condition, now, waits = failed(FRESH, 3), NOW, []
    for _ in range(4):
        assert condition.until
        waits.append((condition.until - now) // MICROS)
        now = condition.until
        condition = after_failure(condition, POLICY, now)

    assert waits == [15, 30, 60, 60]


def test_calls_that_were_under_way_when_it_opened_do_not_count() -> None:
    """A burst that fails together opens it once."""
    opened = failed(FRESH, 3)

    assert failed(opened, 50) == opened


def test_a_flood_of_refusals_pauses_the_endpoint() -> None:
    """The fault is likely ours; a delivery in between is proof that it is not."""
    condition = FRESH
    for _ in range(2):
        condition = after_dead(condition, POLICY, NOW)
    assert allowance(after_dead(after_delivered(condition), POLICY, NOW), NOW) is None

    flooded = after_dead(condition, POLICY, NOW)
    assert (flooded.paused_by, flooded.paused_at, allowance(flooded, NOW)) == ("bus", NOW, 0)


def test_a_pause_is_over_when_an_operator_says_so() -> None:
    """And not before, whatever time passes; then with a clean slate."""
    stopped = paused(failed(FRESH, 3), "an", "bảo trì", NOW)

    assert allowance(stopped, NOW + 10**15) == 0
    assert resumed(stopped) == FRESH
