"""Refusals that come faster than they are written: bounded, and each of them told of, one by one or as a number."""

from __future__ import annotations

from concurrent.futures import Future

from bus.errors import Busy, JournalDown
from bus.journal.notes import Refusal
from bus.notebook import Notebook

ONE = Refusal("api", "xml.malformed", "so-noi-vu", digest="d", size=3)


class Slow:
    """A journal that writes when it is told to."""

    def __init__(self) -> None:
        self.waiting: list[tuple[Refusal, Future[None]]] = []
        self.written: list[Refusal] = []

    def note(self, refusal: Refusal) -> Future[None]:
        future: Future[None] = Future()
        self.waiting.append((refusal, future))
        return future

    def write(self, error: Exception | None = None) -> None:
        """Whatever waits now; ``error``: in vain."""
        waiting, self.waiting = self.waiting, []
        for refusal, future in waiting:
            if error:
                future.set_exception(error)
            else:
                self.written.append(refusal)
                future.set_result(None)

    @property
    def told(self) -> int:
        return sum(refusal.count for refusal in self.written)


def test_what_is_written_in_time_is_written_as_it_was() -> None:
    """With digest and size."""
    journal = Slow()
    book = Notebook(journal.note, at_most=2)
    for _ in range(5):
        book.write(ONE)
        journal.write()

    assert journal.written == [ONE] * 5


def test_a_flood_is_counted_and_told_of_when_there_is_room() -> None:
    """No more wait than the bound; by door, code and partner."""
    journal = Slow()
    book = Notebook(journal.note, at_most=2)
    for _ in range(1000):
        book.write(ONE)
    book.write(Refusal("vxp", "body.empty", "so-y-te"))
    assert len(journal.waiting) == 2
    for _ in range(2):
        journal.write()

    assert journal.written[2:] == [
        Refusal("api", "xml.malformed", "so-noi-vu", count=998),
        Refusal("vxp", "body.empty", "so-y-te"),
    ]


def test_what_could_not_be_written_is_told_of_later() -> None:
    """With the next that can be."""
    journal = Slow()
    book = Notebook(journal.note, at_most=2)
    for _ in range(7):
        book.write(ONE)
    journal.write(JournalDown("full"))
    assert journal.waiting == []
    book.write(ONE)
    for _ in range(2):
        journal.write()

    assert journal.told == 8


def test_kinds_are_bounded_too() -> None:
    """Whoever comes from ever other addresses is counted by door and code in the end."""
    journal = Slow()
    book = Notebook(journal.note, at_most=1)
    for number in range(3000):
        book.write(Refusal("api", "auth.unknown_partner", address=str(number)))
    for _ in range(2):
        journal.write()

    assert journal.told == 3000
    assert len(journal.written) < 1100


def test_a_journal_that_is_closed_ends_it() -> None:
    """Nobody who is refused hears of that."""

    def closed(_refusal: Refusal) -> Future[None]:
        raise Busy("the journal is closed")

    Notebook(closed).write(ONE)
