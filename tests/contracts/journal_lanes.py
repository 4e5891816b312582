"""Order inside a lane, and among lanes (semantics 6)."""

from __future__ import annotations

import pytest

from bus.journal import Journal
from bus.journal.states import State
from tests.journals import (
    AXIS,
    MINUTE,
    accept,
    balanced,
    due,
    hand,
    in_doubt,
    lease,
    order,
    send,
    settle,
    taken,
    tidy,
    to,
)
from tests.messages import RECIPIENT, SENDER, edoc, status

OTHER = "000.00.12.H62"
KEEPING = ["queued", "sending", "waiting", "held", "in_doubt"]


def bring(journal: Journal, receipt, where: str) -> None:
    """Bring a fresh copy into a state."""
    if where == "queued":
        return
    if where == "held":
        assert not order(journal, "hold", receipt).refused
    elif where == "cancelled":
        assert not order(journal, "cancel", receipt).refused
    elif where == "sending":
        taken(journal, receipt)
    else:
        send(journal, receipt, State(where), until=journal.clock.now() + MINUTE if where == "waiting" else None)


class LaneRules:
    """What keeps what waiting."""

    def test_a_lane_goes_in_order_of_acceptance(self, journal: Journal) -> None:
        """One at a time, the first first."""
        receipts = [accept(journal, edoc(kind=kind)) for kind in ("new", "update", "replace")]

        for position, receipt in enumerate(receipts):
            assert due(journal) == [receipt.message_id]
            assert all(lease(journal, later) is None for later in receipts[position + 1 :])
            send(journal, receipt)
        balanced(journal)

    @pytest.mark.parametrize("where", KEEPING)
    def test_what_is_not_settled_keeps_what_is_behind_it(self, journal: Journal, where: str) -> None:
        """Queued, sending, waiting, held or in doubt."""
        first = accept(journal)
        behind = accept(journal, edoc(kind="update"))
        bring(journal, first, where)

        assert lease(journal, behind) is None
        assert behind.message_id not in due(journal)
        balanced(journal)

    @pytest.mark.parametrize("where", ["delivered", "cancelled"])
    def test_what_is_settled_lets_go(self, journal: Journal, where: str) -> None:
        """Delivered or cancelled."""
        first = accept(journal)
        behind = accept(journal, edoc(kind="update"))
        bring(journal, first, where)

        assert lease(journal, behind) is not None

    def test_what_expired_lets_go(self, journal: Journal) -> None:
        """Its time passed before it could be sent."""
        accept(journal, expires_at=journal.clock.now() + MINUTE)
        behind = accept(journal, edoc(kind="update"))
        hand(journal).move(61)
        assert tidy(journal, "expire") == 1

        assert lease(journal, behind) is not None
        balanced(journal)

    @pytest.mark.parametrize("kind", ["update", "replace"])
    def test_a_dead_original_keeps_its_update_until_it_is_replayed(self, journal: Journal, kind: str) -> None:
        """Nobody gets the change of a document that he does not have."""
        first = accept(journal)
        behind = accept(journal, edoc(kind=kind))
        bring(journal, first, "dead")
        assert lease(journal, behind) is None

        assert order(journal, "replay", first).state == "queued"
        assert due(journal) == [first.message_id]
        send(journal, first)
        assert lease(journal, behind) is not None
        balanced(journal)

    def test_an_operator_who_gives_up_a_dead_original_lets_its_update_go(self, journal: Journal) -> None:
        """Skipped: cancelled for good."""
        first = accept(journal)
        behind = accept(journal, edoc(kind="update"))
        bring(journal, first, "dead")

        assert order(journal, "cancel", first).state == "cancelled"
        assert lease(journal, behind) is not None

    def test_a_dead_status_lets_statuses_pass(self, journal: Journal) -> None:
        """One refused status does not stop the ones after it."""
        first = accept(journal, status(code="01"), to(SENDER))
        second = accept(journal, status(code="03"), to(SENDER))
        assert lease(journal, second) is None
        bring(journal, first, "dead")

        assert lease(journal, second) is not None

    def test_lanes_overtake_each_other(self, journal: Journal) -> None:
        """Another document, another recipient and another endpoint wait for nobody."""
        stuck = accept(journal, None, to(RECIPIENT))
        in_doubt(journal, stuck)
        update = accept(journal, edoc(kind="update"), to(RECIPIENT), to(OTHER))
        elsewhere = accept(journal, edoc(kind="replace"), to(RECIPIENT, "so-tc"))
        other = accept(journal, edoc(document_id="other"))

        assert lease(journal, update, of=0) is None
        assert lease(journal, update, of=1) is not None
        assert lease(journal, elsewhere) is not None
        assert lease(journal, other) is not None

    def test_a_status_does_not_wait_for_documents(self, journal: Journal) -> None:
        """Statuses of a document have lanes of their own."""
        accept(journal, edoc(), to(SENDER))
        about = accept(journal, status(), to(SENDER))

        assert lease(journal, about) is not None

    def test_a_replayed_copy_waits_for_what_passed_it(self, journal: Journal) -> None:
        """One at a time in a lane, also where the later one is on the wire already."""
        first = accept(journal, status(code="01"), to(SENDER))
        second = accept(journal, status(code="03"), to(SENDER))
        bring(journal, first, "dead")
        on_the_wire = taken(journal, second)
        order(journal, "replay", first)

        assert lease(journal, first) is None
        settle(journal, on_the_wire, State.DELIVERED)
        assert lease(journal, first) is not None
        balanced(journal)

    def test_one_call_takes_the_copies_that_are_first_and_leaves_the_others(self, journal: Journal) -> None:
        """A delivery of several recipients: those held up in their lanes go in a later call."""
        both = [to(code, one_call=True) for code in (RECIPIENT, OTHER)]
        stuck = accept(journal, None, to(RECIPIENT))
        update = accept(journal, edoc(kind="update"), *both)

        first_call = taken(journal, update)
        assert [copy.recipient for copy in first_call.copies] == [OTHER]
        settle(journal, first_call, State.DELIVERED)
        send(journal, stuck)
        assert [copy.recipient for copy in taken(journal, update).copies] == [RECIPIENT]
        balanced(journal)


class OrderRules:
    """Who is leased first."""

    def test_the_more_urgent_lane_goes_first(self, journal: Journal) -> None:
        """By priority, then by age."""
        normal = [accept(journal, edoc(document_id=f"n{n}")) for n in range(2)]
        urgent = [accept(journal, edoc(document_id=f"u{n}", priority=4)) for n in range(2)]

        assert due(journal) == [receipt.message_id for receipt in [*urgent, *normal]]

    def test_priority_orders_nothing_inside_a_lane(self, journal: Journal) -> None:
        """An urgent update waits for its document."""
        first = accept(journal)
        accept(journal, edoc(kind="update", priority=4))

        assert due(journal) == [first.message_id]

    def test_only_this_endpoints_copies_are_due(self, journal: Journal) -> None:
        """A ticket is for one endpoint."""
        accept(journal, None, to(RECIPIENT, "so-tc"))

        assert due(journal, AXIS) == []
        assert len(due(journal, "so-tc")) == 1

    def test_a_question_comes_due_in_its_time(self, journal: Journal) -> None:
        """Not before the partner could have finished."""
        receipt = accept(journal)
        in_doubt(journal, receipt, until=journal.clock.now() + MINUTE)
        assert (due(journal), journal.reads.doubtful_endpoints(journal.clock.now())) == ([], [])

        hand(journal).move(60)
        assert due(journal) == [receipt.message_id]
        assert journal.reads.doubtful_endpoints(journal.clock.now()) == [AXIS]
