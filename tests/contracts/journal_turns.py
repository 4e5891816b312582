"""Turns: what only one process may do at a time (semantics 9)."""

from __future__ import annotations

from bus.clock import MICROS
from bus.journal import Journal
from bus.journal.turns import Turn
from tests.journals import PATIENCE, hand, one_batch

_MINUTES = 3


def turn(holder: str, name: str = "poll:axis") -> Turn:
    return Turn(name, holder, _MINUTES * 60 * MICROS)


def take(journal: Journal, holder: str, name: str = "poll:axis") -> bool:
    return journal.take_turn(turn(holder, name)).result(PATIENCE)


class TurnRules:
    """Taken or renewed by who may have it, on the journal's clock."""

    def test_a_turn_is_for_one(self, journal: Journal) -> None:
        """The second who asks does not get it; another turn is another matter."""
        assert [take(journal, "a"), take(journal, "b"), take(journal, "b", "poll:other")] == [True, False, True]

    def test_of_two_in_one_batch_the_first_has_it(self, journal: Journal) -> None:
        """Whether it is free because nobody had it, or because its term is over."""
        for first, second in (("a", "b"), ("c", "d")):
            with one_batch(journal):
                asked = [journal.take_turn(turn(holder)) for holder in (first, second, first)]
            assert [future.result(PATIENCE) for future in asked] == [True, False, True]
            hand(journal).move(_MINUTES * 60)

    def test_it_is_taken_over_when_its_term_is_over(self, journal: Journal) -> None:
        """Not before; then the one who had it does not have it any more."""
        take(journal, "a")
        hand(journal).move(_MINUTES * 60 - 1)
        assert not take(journal, "b")

        hand(journal).move(1)
        assert take(journal, "b")
        assert not take(journal, "a")

    def test_renewed_it_is_kept(self, journal: Journal) -> None:
        """The term begins anew each time its holder takes it."""
        for _ in range(3):
            assert take(journal, "a")
            hand(journal).move(_MINUTES * 60 - 1)
            assert not take(journal, "b")

    def test_its_holder_may_come_late(self, journal: Journal) -> None:
        """A term that is over harms nobody where nobody took it over."""
        take(journal, "a")
        hand(journal).move(_MINUTES * 60 + 1)
        assert take(journal, "a")

    def test_given_up_it_is_free_at_once(self, journal: Journal) -> None:
        """And only its holder can give it up."""
        take(journal, "a")
        journal.end_turn(turn("b")).result(PATIENCE)
        assert not take(journal, "b")

        journal.end_turn(turn("a")).result(PATIENCE)
        assert take(journal, "b")

    def test_an_end_far_in_the_future_holds_nobody_up(self, journal: Journal) -> None:
        """It was written by a clock that jumped."""
        hand(journal).move(86_400)
        take(journal, "a")
        hand(journal).move(-86_400)
        assert take(journal, "b")
