"""What must arrive by when: written with its cursor or not at all."""

from __future__ import annotations

from bus.journal import Journal
from bus.journal.expectation_reads import ExpectationReads, Which
from bus.journal.expecting import CURSOR, Expectation, Followed, Opened, Reminded
from bus.journal.purge import Old
from tests.journals import PATIENCE, send
from tests.journals import accept as accepted


def owed(name: str, due_at: int | None = 100, **more: object) -> Expectation:
    """A report that is owed."""
    row = Expectation(f"r/{name}", "r", "report", "who", "asker", name, "", "office", "name", 1, due_at)
    return row._replace(**more)


def expect(journal: Journal, verb: str, request: object) -> bool:
    return journal.expect(verb, request).result(PATIENCE)


class ExpectationRules:
    """Rows, their cursor, and the questions about them."""

    def test_rows_are_written_with_their_cursor_and_only_once(self, journal: Journal) -> None:
        """Who was overtaken by another process writes nothing."""
        reads = ExpectationReads(journal.store)
        journal.advance(CURSOR, 5).result(PATIENCE)

        assert expect(journal, "followed", Followed(5, 9, (owed("a"),)))
        assert not expect(journal, "followed", Followed(5, 9, (owed("b"),)))
        assert (reads.position(), [one.key for one in reads.listed(Which())]) == (9, ["a"])
        assert expect(journal, "followed", Followed(9, 12, (owed("a", closed_at=7, outcome="fulfilled"),)))
        assert reads.listed(Which()) == []
        assert [one.outcome for one in reads.known(["r/a"])] == ["fulfilled"]

    def test_what_the_calendar_opens_leaves_what_is_known(self, journal: Journal) -> None:
        """A new row is added once; a closed one is not owed otherwise any more."""
        reads = ExpectationReads(journal.store)
        closed = owed("a", closed_at=7, remind_at=None)
        expect(journal, "opened", Opened(new=(closed, owed("b"))))
        expect(journal, "opened", Opened(new=(owed("a"), owed("b", 300)), changed=(owed("a", 300), owed("b", 200))))

        assert reads.known(["r/a", "r/b"]) == [closed, owed("b", 200)]

    def test_a_reminder_is_noted_for_the_step_it_was_of(self, journal: Journal) -> None:
        """What was written meanwhile stands: a row that was opened again has another step."""
        reads = ExpectationReads(journal.store)
        expect(journal, "opened", Opened(new=(owed("a", remind_at=50), owed("b", remind_at=90))))
        for _ in range(2):
            expect(journal, "reminded", Reminded("r/a", 50, 150))

        assert [(one.key, one.remind_at, one.reminders) for one in reads.to_remind(200, 10)] == [
            ("b", 90, 0),
            ("a", 150, 1),
        ]
        assert [one.key for one in reads.to_remind(100, 10)] == ["b"]

    def test_they_are_found_by_who_owes_to_whom_and_when(self, journal: Journal) -> None:
        """Each word of a filter narrows; an open one is counted as overdue once its time has passed."""
        reads = ExpectationReads(journal.store)
        rows = (
            owed("X|f|p|u", 100),
            owed("X%|f|p|u", 200, who="other", office=""),
            owed("Y", 300),
            owed("Z", None),
            owed("V", 400, closed_at=1),
        )
        expect(journal, "opened", Opened(new=rows))

        def found(**asked: object) -> list[str]:
            return [one.key for one in reads.listed(Which(**asked))]  # type: ignore[arg-type]

        assert found() == ["X|f|p|u", "X%|f|p|u", "Y"]
        assert found(who=("other",)) == ["X%|f|p|u"]
        assert found(offices=("office", "H62")) == ["X|f|p|u", "Y"]
        assert found(key="X") == found(key="X|f|p") == found(key="X|f|p|u") == ["X|f|p|u"]
        assert found(key="X%") == ["X%|f|p|u"]
        assert (found(before=200), found(since=200), found(limit=1)) == (["X|f|p|u"], ["X%|f|p|u", "Y"], ["X|f|p|u"])
        assert (found(closed=True), found(rules=("other",)), found(kind="answer")) == (["V"], [], [])
        assert reads.count(250) == [("r", 3, 2, 100)]

    def test_closed_ones_are_swept_by_age(self, journal: Journal) -> None:
        """Open ones stay, however old."""
        reads = ExpectationReads(journal.store)
        expect(journal, "opened", Opened(new=(owed("a"), owed("b", closed_at=5), owed("c", closed_at=9))))

        assert journal.purge("expectations", Old(9)).result(PATIENCE) == 1
        assert [one.key for one in reads.known(["r/a", "r/b", "r/c"])] == ["a", "c"]

    def test_a_message_is_told_with_its_copies_and_whose_it_is_about(self, journal: Journal) -> None:
        """As the journal has it: a document with its recipient."""
        receipt = accepted(journal)
        send(journal, receipt)
        told = ExpectationReads(journal.store).told([receipt.message_id, "nobody"])[receipt.message_id]

        assert (told.type, told.kind, told.owner, told.number) == ("edoc", "new", "", "15/QĐ-UBND")
        assert [recipient for _, recipient in told.copies] == [receipt.copies[0].recipient]
