"""What may be shown once (docs/schema.md, ``nonces``)."""

from __future__ import annotations

from sqlalchemy import func, select

from bus.clock import MICROS
from bus.journal import Journal, schema
from bus.journal.once import Mark
from tests.journals import PATIENCE, hand, one_batch


def show(journal: Journal, name: str, seconds: int = 60) -> bool:
    return journal.once(Mark(name, journal.clock.now() + seconds * MICROS)).result(PATIENCE)


def remembered(journal: Journal) -> int:
    with journal.store.reading() as connection:
        return int(connection.scalar(select(func.count()).select_from(schema.nonces)) or 0)


class OnceRules:
    """Remembered for as long as it counts, and no longer."""

    def test_what_was_shown_is_not_shown_for_the_first_time_again(self, journal: Journal) -> None:
        """Another one is another matter."""
        assert [show(journal, name) for name in ("a", "b", "a", "a")] == [True, True, False, False]

    def test_of_several_in_one_batch_one_is_the_first(self, journal: Journal) -> None:
        """Two callers with one token at the same moment: one of them comes in."""
        show(journal, "b")
        until = journal.clock.now() + 60 * MICROS
        with one_batch(journal):
            asked = [journal.once(Mark(name, until)) for name in ("a", "b", "a", "c", "a")]
        assert [future.result(PATIENCE) for future in asked] == [True, False, False, True, False]

    def test_what_has_passed_goes_with_what_comes(self, journal: Journal) -> None:
        """Nothing is kept for longer than it counts, and nothing for less."""
        for name in ("a", "b", "c"):
            show(journal, name, 60)
        hand(journal).move(59)
        assert not show(journal, "a")
        assert remembered(journal) == 3

        hand(journal).move(1)
        show(journal, "d")
        assert remembered(journal) == 1
