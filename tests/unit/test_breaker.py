"""After some failures in a row nothing is sent for a while, then one probe goes."""

from __future__ import annotations

import pytest

from bus.breaker import (
    BreakerPolicy,
    Sight,
    after_answer,
    after_dead,
    after_delivered,
    after_failure,
    after_knock,
    after_miss,
    allowance,
    paused,
    resumed,
    to_knock,
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


@pytest.mark.parametrize("taken", [True, False])
def test_a_closed_or_paused_endpoint_is_not_knocked_at(taken: bool) -> None:
    """Nor one where somebody was met since it opened."""
    assert to_knock(failed(FRESH, 3), Sight(away=taken))
    assert not to_knock(failed(FRESH, 2), Sight(away=taken))
    assert not to_knock(paused(failed(FRESH, 3), "an", "", NOW), Sight(away=taken))
    assert not to_knock(failed(FRESH, 3), after_knock(Sight(away=taken), taken=True))


def test_who_was_away_and_is_back_gets_one_probe_at_once() -> None:
    """However long the breaker would stay open; a pause holds all the same."""
    opened, back = failed(FRESH, 3), after_knock(Sight(away=True), taken=True)

    assert (allowance(opened, NOW), allowance(opened, NOW, back)) == (0, 1)
    assert allowance(paused(opened, "an", "", NOW), NOW, back) == 0


def test_who_was_there_all_along_is_not_back() -> None:
    """What takes connections and answers none is left to the curve, until it has been away."""
    hangs = after_miss(Sight(), reached=True, opened=True)
    assert not after_knock(hangs, taken=True).back

    assert after_knock(after_knock(hangs, taken=False), taken=True).back


def test_an_early_probe_that_fails_changes_nothing() -> None:
    """The next goes when it would have gone without it, and no connection is tried before."""
    opened = failed(FRESH, 3)
    missed = after_miss(after_knock(Sight(away=True), taken=True), reached=False, opened=False)

    assert after_failure(opened, POLICY, NOW) == opened
    assert (allowance(opened, NOW, missed), to_knock(opened, missed)) == (0, False)


def test_each_opening_has_its_own_early_probe() -> None:
    """A probe by the curve that could not connect either says that nobody is there again."""
    met = after_knock(Sight(away=True), taken=True)

    assert after_miss(met, reached=False, opened=True) == Sight(away=True)
    assert after_miss(met, reached=True, opened=True) == Sight(away=False)


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
