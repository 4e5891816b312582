"""Standing holds: what comes and fits is born held, in the very transaction that accepts it."""

from __future__ import annotations

import pytest

from bus.errors import IllegalMove, NotFound
from bus.journal import Journal
from bus.journal.hold import Hold
from bus.journal.holds import Lift, Standing
from bus.journal.operate import Order
from tests.journals import (
    AXIS,
    MAILBOX,
    PATIENCE,
    accept,
    balanced,
    due,
    intake,
    offered,
    one_batch,
    only,
    order,
    reached,
    recall,
    send,
    state,
    to,
)
from tests.messages import RECIPIENT, SENDER, edoc

OTHER = "000.00.12.H62"


def stand(journal: Journal, **asked: str) -> Hold:
    return journal.stand(Standing("an", **asked)).result(PATIENCE)


def lift(journal: Journal, hold: Hold) -> Hold:
    return journal.lift(Lift(hold.id, "binh")).result(PATIENCE)


class HoldRules:
    """Nothing that fits goes, nothing else is kept."""

    @pytest.mark.parametrize(
        ("asked", "fits"),
        [
            ({"endpoint": AXIS}, True),
            ({"endpoint": MAILBOX}, False),
            ({"sender": SENDER}, True),
            ({"sender": OTHER}, False),
            ({"rule": "outside"}, True),
            ({"rule": "inside"}, False),
            ({"rule": "outside", "sender": SENDER, "endpoint": AXIS}, True),
            ({"rule": "outside", "sender": OTHER, "endpoint": AXIS}, False),
        ],
    )
    def test_what_fits_all_that_is_named_is_born_held(
        self, journal: Journal, asked: dict[str, str], fits: bool
    ) -> None:
        """By an operator's word, as the copy and its event say; the rest goes its way."""
        stand(journal, **asked)
        receipt = accept(journal)

        assert (state(journal, receipt), only(journal, receipt).reason) == (
            ("held", "operator") if fits else ("queued", "")
        )
        assert due(journal) == ([] if fits else [receipt.message_id])
        balanced(journal)

    def test_released_it_goes_its_way(self, journal: Journal) -> None:
        """To its endpoint, or into the mailbox it was for."""
        stand(journal, sender=SENDER)
        receipt = accept(journal, None, to(), offered(OTHER))
        assert reached(journal, receipt) == {RECIPIENT: ("held", "operator"), OTHER: ("held", "operator")}
        for copy in journal.reads.copies(receipt.message_id):
            journal.operate("release", Order((copy.id,), "an")).result(PATIENCE)

        assert [copy.state for copy in journal.reads.copies(receipt.message_id)] == ["queued", "offered"]
        balanced(journal)

    def test_what_was_there_before_is_not_touched(self, journal: Journal) -> None:
        """And once lifted, what comes goes; what is held stays so."""
        before = accept(journal, edoc(document_id="a"))
        hold = stand(journal, endpoint=AXIS)
        during = accept(journal, edoc(document_id="b"))
        lifted = lift(journal, hold)
        after = accept(journal, edoc(document_id="c"))

        assert [state(journal, one) for one in (before, during, after)] == ["queued", "held", "queued"]
        assert lifted.lifted_by == "binh"
        assert journal.holds.standing() == []
        assert [one.copy.id for one in journal.holds.held(hold, ())] == [only(journal, during).id]

    def test_it_holds_from_the_batch_it_is_written_in(self, journal: Journal) -> None:
        """Whoever accepts after it, sees it."""
        with one_batch(journal):
            journal.stand(Standing("an", endpoint=AXIS))
            receipt = journal.accept(intake())

        assert only(journal, receipt.result(PATIENCE)).state == "held"

    def test_other_reasons_go_before(self, journal: Journal) -> None:
        """A conflict stays one, so that a release of the hold does not let it go; what has no way is dead."""
        accept(journal)
        hold = stand(journal, sender=SENDER)
        conflict = accept(journal, edoc(subject="V/v khác"), from_source=True)
        lost = accept(journal, edoc(document_id="lost"), to(endpoint="", dead="route.none"))

        assert only(journal, conflict).reason == "conflict"
        assert state(journal, lost) == "dead"
        assert journal.holds.held(hold, (SENDER,)) == []

    def test_a_recall_takes_back_what_is_held(self, journal: Journal) -> None:
        """And need not go where nothing went; where something did, it waits for the release too."""
        first = accept(journal, edoc(document_id="sent"))
        send(journal, first)
        stand(journal, sender=SENDER)
        second = accept(journal, edoc(document_id="held"))
        spared, kept = accept(journal, recall("held")), accept(journal, recall("sent"))

        assert state(journal, second) == "cancelled"
        assert only(journal, spared).reason == "nothing_to_recall"
        assert state(journal, kept) == "held"
        assert order(journal, "release", kept).state == "queued"
        balanced(journal)

    def test_taps_are_held_by_their_name_and_endpoint(self, journal: Journal) -> None:
        """They go out like others."""
        stand(journal, endpoint="archive")
        receipt = accept(journal, None, to(), taps=[to("", "archive", rule="archive")])

        assert {copy.kind: copy.state for copy in journal.reads.copies(receipt.message_id)} == {
            "primary": "queued",
            "tap": "held",
        }

    def test_a_hold_is_lifted_once(self, journal: Journal) -> None:
        """And only one that is."""
        hold = stand(journal, sender=SENDER, reason="nhầm phụ lục")
        assert journal.holds.standing() == [hold]
        lift(journal, hold)
        with pytest.raises(IllegalMove, match="binh already"):
            lift(journal, hold)
        with pytest.raises(NotFound):
            journal.lift(Lift("nobody", "an")).result(PATIENCE)
