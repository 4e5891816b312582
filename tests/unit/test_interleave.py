"""Lease order: the most urgent first, one place in five to the oldest."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bus.journal.reads import Due, interleave

names = st.lists(st.text("abcdefgh", min_size=1, max_size=3), unique=True, max_size=30)
counts = st.integers(0, 20)


@given(names, st.randoms(use_true_random=False), counts)
def test_everything_once(urgent: list[str], random, issued: int) -> None:
    """Nothing is lost and nothing doubled."""
    oldest = random.sample(urgent, len(urgent))

    assert sorted(interleave(urgent, oldest, issued)) == sorted(urgent)


@given(names, st.randoms(use_true_random=False), counts)
def test_every_fifth_place_is_the_oldests(urgent: list[str], random, issued: int) -> None:
    """Of those that are left at that place; every other is the most urgent left."""
    oldest = random.sample(urgent, len(urgent))
    order = interleave(urgent, oldest, issued)
    for place, name in enumerate(order):
        left = set(order[place:])
        by = oldest if (issued + place) % 5 == 4 else urgent
        assert name == next(other for other in by if other in left)


def test_what_is_out_is_passed_over() -> None:
    """And takes no place."""
    due = Due(("a", "b", "c"), ("c", "b", "a"))

    assert due.in_turn(0, {"a"}) == ["b", "c"]
    assert due.in_turn(4, {"a"}) == ["c", "b"]
