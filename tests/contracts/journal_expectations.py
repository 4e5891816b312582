"""What must arrive by when: written with its cursor or not at all."""

from __future__ import annotations

from bus.clock import MICROS
from bus.journal import Journal
from bus.journal.expectation_reads import ExpectationReads, Which
from bus.journal.expecting import CURSOR, Expectation, Followed, Opened, Reminded
from bus.journal.granting import Reinstated, Reopened, Waived, named, reopenings
from bus.journal.purge import Old
from tests.journals import PATIENCE, send
from tests.journals import accept as accepted


def owed(name: str, due_at: int | None = 100, **more: object) -> Expectation:
    """A report that is owed."""
    row = Expectation(f"r/{name}", "r", "report", "who", "asker", name, "", "office", "name", 1, due_at)
    return row._replace(**more)


def expect(journal: Journal, verb: str, request: object) -> bool:
    return journal.expect(verb, request).result(PATIENCE)


def grant(journal: Journal, verb: str, request: object) -> bool:
    return journal.grant(verb, request).result(PATIENCE)


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

    def test_a_waiver_stands_whatever_the_events_write(self, journal: Journal) -> None:
        """It is a mark of its own: rows that were read before it leave it as it is, and what is waived is in no list of what is owed."""
        reads = ExpectationReads(journal.store)
        journal.advance(CURSOR, 5).result(PATIENCE)
        row = owed("X|f|p|u", remind_at=50)
        expect(journal, "opened", Opened(new=(row, owed("X|f|q|u"))))
        order = Waived(row.key, ("r", "other"), "an", "why")

        assert [grant(journal, "waived", order) for _ in range(2)] == [True, False]
        assert not grant(journal, "waived", Waived("X|f|p|v", ("r",), "an", "why"))
        assert expect(journal, "followed", Followed(5, 9, (row._replace(version=1, returned=1),)))
        (waived,) = reads.listed(Which(waived=True))
        assert (waived.waived_by, waived.waived_reason, waived.version, waived.open) == ("an", "why", 1, False)
        assert ([one.key for one in reads.listed(Which())], reads.to_remind(99, 9)) == (["X|f|q|u"], [])
        assert reads.count(250) == [("r", 1, 1, 100)]
        assert (reads.waived("X", "f", "p"), reads.waived("X", "f", "q")) == ({row.key}, set())
        assert [grant(journal, "reinstated", Reinstated(row.key, ("r",))) for _ in range(2)] == [True, False]
        assert [one.key for one in reads.to_remind(99, 9)] == [row.key]

    def test_what_was_waived_long_ago_is_swept(self, journal: Journal) -> None:
        """As what was closed is; what is owed stays."""
        expect(journal, "opened", Opened(new=(owed("X|f|p|u"), owed("X|f|q|u"))))
        grant(journal, "waived", Waived("X|f|p|u", ("r",), "an", "why"))

        assert journal.purge("expectations", Old(journal.clock.now() - MICROS)).result(PATIENCE) == 0
        assert journal.purge("expectations", Old(journal.clock.now() + 60 * MICROS)).result(PATIENCE) == 1
        assert [one.key for one in ExpectationReads(journal.store).listed(Which())] == ["X|f|q|u"]

    def test_a_period_is_open_again_until_it_is_closed(self, journal: Journal) -> None:
        """The last word on it holds; others are not touched."""
        first = Reopened(named("X", "p", ""), "X", "p", "", "an", "why", 1, 500)
        ours = Reopened(named("X", "p", "u"), "X", "p", "u", "an", "why", 1)
        for row in (first, ours, first._replace(until=900, by="binh")):
            assert grant(journal, "reopened", row)

        found = reopenings(journal.store, "X", "p")
        assert [(one.unit, one.by, one.until, one.holds(899), one.holds(900)) for one in found] == [
            ("", "binh", 900, True, False),
            ("u", "an", None, True, True),
        ]
        assert (reopenings(journal.store, "X", "q"), len(reopenings(journal.store))) == ([], 2)
        assert [grant(journal, "closed", ours.id) for _ in range(2)] == [True, False]

    def test_a_message_is_told_with_its_copies_and_whose_it_is_about(self, journal: Journal) -> None:
        """As the journal has it: a document with its recipient."""
        receipt = accepted(journal)
        send(journal, receipt)
        told = ExpectationReads(journal.store).told([receipt.message_id, "nobody"])[receipt.message_id]

        assert (told.type, told.kind, told.owner, told.number) == ("edoc", "new", "", "15/QĐ-UBND")
        assert [recipient for _, recipient in told.copies] == [receipt.copies[0].recipient]
