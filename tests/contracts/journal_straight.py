"""What goes as soon as it is on disk: leased as it is accepted, and in nothing else different."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bus.journal import Journal
from bus.journal.committer import Caused
from bus.journal.states import State
from bus.journal.straight import Lease, Way
from bus.message import Receipt
from tests.journals import (
    AXIS,
    PATIENCE,
    TERM,
    accept,
    balanced,
    intake,
    lease,
    offered,
    one_batch,
    only,
    outlive,
    recall,
    settle,
    state,
    tidy,
    to,
)
from tests.messages import RECIPIENT, edoc, status

OTHER = "000.00.12.H62"


class Carried:
    """A journal whose leases are carried away: ``free`` deliveries an endpoint at once."""

    def __init__(self, journal: Journal, free: Callable[[str], int] = lambda _endpoint: 100) -> None:
        self.leases: list[Lease] = []
        self.woken: set[str] = set()
        journal.committer.way = Way(free, lambda: TERM)
        journal.committer.after_commit = self._hear
        self._journal = journal

    def _hear(self, _size: int, caused: Caused) -> None:
        self.leases += caused.leases
        self.woken.update(caused.woken)

    def of(self, receipt: Receipt) -> list[Lease]:
        """The leases of a message, all of its batch having been told."""
        self._journal.committer.submit(lambda _tx, asked: asked, None, 0).result(PATIENCE)
        return [lease for lease in self.leases if lease.event.id == receipt.message_id]


class StraightRules:
    """A new document to an endpoint that is free."""

    def test_it_is_leased_as_it_is_accepted(self, journal: Journal) -> None:
        """On disk before anybody hears of it, with an attempt; its receipt says what it always says."""
        carried = Carried(journal)
        receipt = accept(journal)
        (held,) = carried.of(receipt)

        copy = only(journal, receipt)
        assert (copy.state, copy.attempts, copy.lease, copy.until) == ("sending", 1, held.id, held.until)
        assert receipt.copies[0].state == "queued"
        assert held.copies == (copy,)
        assert carried.woken == set()
        assert settle(journal, held, State.DELIVERED) == [True]
        balanced(journal)

    def test_a_ticket_for_it_has_nothing_to_do(self, journal: Journal) -> None:
        """It is in hand."""
        carried = Carried(journal)
        receipt = accept(journal)
        assert carried.of(receipt)
        assert lease(journal, receipt) is None

    def test_its_lease_ends_as_any_does(self, journal: Journal) -> None:
        """An unknown outcome."""
        carried = Carried(journal)
        receipt = accept(journal)
        outlive(journal, carried.of(receipt)[0])
        assert tidy(journal, "end_leases") == 1
        assert state(journal, receipt) == "in_doubt"
        balanced(journal)

    def test_no_more_than_there_is_room_for(self, journal: Journal) -> None:
        """Counted over a whole batch; the rest is queued, and its endpoint woken."""
        carried = Carried(journal, lambda endpoint: 2 if endpoint == AXIS else 0)
        with one_batch(journal):
            futures = [journal.accept(intake(edoc(document_id=f"d{n}"))) for n in range(4)]
        receipts = [future.result(PATIENCE) for future in futures]

        assert [len(carried.of(receipt)) for receipt in receipts] == [1, 1, 0, 0]
        assert [state(journal, receipt) for receipt in receipts] == ["sending", "sending", "queued", "queued"]
        assert carried.woken == {AXIS}
        balanced(journal)

    @pytest.mark.parametrize("together", [True, False])
    @pytest.mark.parametrize("kind", ["update", "replace"])
    def test_what_changes_it_waits_behind_it(self, journal: Journal, kind: str, together: bool) -> None:
        """Also where both come in one batch."""
        carried = Carried(journal)
        if together:
            with one_batch(journal):
                futures = [journal.accept(intake(edoc(kind=which))) for which in ("new", kind)]
            first, second = [future.result(PATIENCE) for future in futures]
        else:
            first, second = accept(journal), accept(journal, edoc(kind=kind))

        assert (state(journal, first), state(journal, second)) == ("sending", "queued")
        assert lease(journal, second) is None
        settle(journal, carried.of(first)[0], State.DELIVERED)
        assert lease(journal, second)

    def test_a_recall_in_the_same_batch_waits_for_the_call(self, journal: Journal) -> None:
        """The document is in hand: what becomes of it decides what becomes of its recall."""
        carried = Carried(journal)
        with one_batch(journal):
            futures = [journal.accept(intake(body)) for body in (edoc(), recall())]
        document, back = [future.result(PATIENCE) for future in futures]

        assert (state(journal, document), lease(journal, back)) == ("sending", None)
        settle(journal, carried.of(document)[0], State.WAITING)
        assert (state(journal, document), state(journal, back)) == ("cancelled", "cancelled")
        balanced(journal)

    def test_where_something_came_before_it_goes_by_ticket(self, journal: Journal) -> None:
        """A further recipient, and another issue after a recall: something may be in their lanes."""
        carried = Carried(journal)
        accept(journal)
        more = accept(journal, edoc(), to(RECIPIENT), to(OTHER))
        assert [copy.state for copy in journal.reads.copies(more.message_id)] == ["sending", "queued"]

        accept(journal, recall())
        again = accept(journal, edoc(subject="once more"))
        assert (state(journal, again), carried.of(again)) == ("queued", [])

    def test_others_go_their_way(self, journal: Journal) -> None:
        """A mailbox, a call that several share, a status, something to the side."""
        carried = Carried(journal)
        document = accept(journal, None, to(RECIPIENT, one_call=True), offered(OTHER))
        answer = accept(journal, status())
        aside = accept(journal, edoc(document_id="aside"), offered(), taps=[to("", "archive")])

        assert [copy.state for copy in journal.reads.copies(document.message_id)] == ["queued", "offered"]
        assert [copy.state for copy in journal.reads.copies(aside.message_id)] == ["offered", "queued"]
        assert state(journal, answer) == "queued"
        assert carried.leases == []

    def test_a_batch_that_is_split_goes_by_ticket(self, journal: Journal) -> None:
        """What was granted in a transaction that failed was never granted."""
        carried = Carried(journal)
        with one_batch(journal):
            bad = journal.committer.submit(_fails, None, 6)
            good = journal.accept(intake())
        receipt = good.result(PATIENCE)

        assert isinstance(bad.exception(PATIENCE), ValueError)
        assert (state(journal, receipt), carried.of(receipt), carried.woken) == ("queued", [], {AXIS})
        balanced(journal)


def _fails(_tx: object, _asked: object) -> list[object]:
    raise ValueError("bad")
