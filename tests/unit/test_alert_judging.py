"""What is to be told now: new things at once, the rest sparingly, the end once."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bus.alerts.found import Found
from bus.alerts.judging import CALM, PAUSE, Verdict, judge
from bus.clock import MICROS
from bus.journal.alerting import Row

NOW = 1_790_000_000 * MICROS
HOUR = 3600 * MICROS
REPEAT = 4 * HOUR


def found(*things: str) -> list[Found]:
    return [Found(thing, NOW - HOUR, "nhiều", "many") for thing in things]


def look(known: Verdict | None, now: int, *things: str, snoozed: bool = False) -> Verdict:
    return judge("r", known.rows if known else (), found(*things), now, REPEAT, snoozed=snoozed)


def told(verdict: Verdict) -> tuple[list[str], list[str], list[str]]:
    return (
        [one.thing for one in verdict.new],
        [one.thing for one in verdict.still],
        [row.thing for row in verdict.over],
    )


def test_new_things_are_told_at_once_and_together() -> None:
    """In one letter, with since when."""
    first = look(None, NOW, "a", "b")

    assert told(first) == (["a", "b"], [], [])
    assert first.rows == (Row("r", "a", NOW - HOUR, NOW), Row("r", "b", NOW - HOUR, NOW))


def test_nothing_is_said_again_before_its_time() -> None:
    """Then all that goes on is, and that is a repeat."""
    first = look(None, NOW, "a", "b")
    quiet = look(first, NOW + REPEAT - 1, "a", "b")
    again = look(quiet, NOW + REPEAT, "a", "b")

    assert not quiet.tells
    assert told(again) == ([], ["a", "b"], [])
    assert again.repeats


def test_something_new_waits_for_a_pause_and_brings_the_rest_along() -> None:
    """A rule that fires for one endpoint after the other does not write each minute."""
    first = look(None, NOW, "a")
    soon = look(first, NOW + PAUSE - 1, "a", "b")
    later = look(soon, NOW + PAUSE, "a", "b")

    assert not soon.tells
    assert told(later) == (["b"], ["a"], [])
    assert not later.repeats


def test_the_end_is_told_once_when_it_has_stayed_away() -> None:
    """What comes back within the calm was never over."""
    first = look(None, NOW, "a")
    gone = look(first, NOW + HOUR)
    back = look(gone, NOW + HOUR + CALM - 1, "a")
    gone_again = look(back, NOW + 2 * HOUR)
    over = look(gone_again, NOW + 2 * HOUR + CALM)

    assert [one.tells for one in (gone, back, gone_again)] == [False] * 3
    assert told(over) == ([], [], ["a"])
    assert over.rows == ()
    assert not look(over, NOW + 3 * HOUR).tells


def test_who_is_not_to_be_told_hears_it_afterwards() -> None:
    """What goes on, and the end of what was told before; what came and went meanwhile is nobody's business."""
    first = look(None, NOW, "a")
    quiet = look(first, NOW + HOUR, "b", "c", snoozed=True)
    still_quiet = look(quiet, NOW + HOUR + CALM, "b", snoozed=True)
    after = look(still_quiet, NOW + 2 * HOUR, "b")

    assert [one.tells for one in (quiet, still_quiet)] == [False] * 2
    assert told(after) == (["b"], [], ["a"])


def test_a_clock_that_was_set_back_silences_nothing() -> None:
    """What was told in the future is told again."""
    first = look(None, NOW + 10 * HOUR, "a")

    assert told(look(first, NOW, "a")) == ([], ["a"], [])


@given(st.lists(st.tuples(st.sets(st.sampled_from("abc")), st.integers(0, 3 * HOUR), st.booleans()), max_size=30))
def test_everything_told_is_told_to_be_over(rounds: list[tuple[set[str], int, bool]]) -> None:
    """Whatever comes and goes: each thing that was told as new ends with one word, and none ends that was not told."""
    verdict, now, open_ = None, NOW, set[str]()
    for things, passed, snoozed in [*rounds, (set(), 0, False), (set(), CALM, False), (set(), HOUR, False)]:
        now += passed
        verdict = look(verdict, now, *sorted(things), snoozed=snoozed)
        new, still, over = map(set, told(verdict))
        assert not new & open_
        assert still <= open_
        assert over <= open_
        open_ = (open_ | new) - over

    assert open_ == set()
    assert verdict is not None
    assert verdict.rows == ()
