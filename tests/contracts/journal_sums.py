"""How many copies are where: the same whoever counted when, and nothing is gone through twice."""

from __future__ import annotations

from collections import Counter

import pytest
from sqlalchemy import event

from bus.journal import Journal
from bus.journal.browse import Browse
from bus.journal.settle import Settlement
from bus.journal.states import State
from bus.journal.sums import Summed
from tests.journals import (
    PATIENCE,
    accept,
    ack,
    balanced,
    fetch,
    offered,
    only,
    order,
    outlive,
    recall,
    send,
    sweep,
    taken,
    tidy,
    to,
)
from tests.messages import RECIPIENT, edoc


def summed(journal: Journal) -> list[Summed]:
    """Count all there is to count; what each call worked off."""
    worked = [journal.sum_up().result(PATIENCE)]
    while any(worked[-1]) or len(worked) < 2:
        worked.append(journal.sum_up().result(PATIENCE))
    return worked


def delivered(journal: Journal, count: int, name: str = "d") -> None:
    for number in range(count):
        send(journal, accept(journal, edoc(document_id=f"{name}{number}", attachments=())))


class SumRules:
    """Every primary copy is counted once, in the state it is in."""

    def test_what_was_there_before_is_counted_in_portions(
        self, journal: Journal, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Newest first; what is accepted and settled meanwhile is counted by its events."""
        monkeypatch.setattr("bus.journal.sums.OLDER", 3)
        delivered(journal, 8)
        journal.sum_up().result(PATIENCE)
        balanced(journal)
        delivered(journal, 2, "later")
        worked = summed(journal)

        assert [one.older for one in worked if one.older] == [3, 3, 2]
        balanced(journal)

    def test_what_is_settled_before_it_is_counted_is_counted_once(self, journal: Journal) -> None:
        """Though both cursors come by it."""
        held = taken(journal, accept(journal))
        journal.sum_up().result(PATIENCE)
        assert journal.settle(Settlement(held.copies[0].id, held.id, State.DELIVERED)).result(PATIENCE)
        summed(journal)

        balanced(journal)

    def test_nothing_that_is_told_of_a_settled_copy_counts_it_again(self, journal: Journal) -> None:
        """A late settlement, a fetch after the ack, a recall, another copy of it."""
        late, mail = accept(journal), accept(journal, edoc(document_id="mail"), offered())
        held = taken(journal, late)
        summed(journal)
        outlive(journal, held)
        tidy(journal, "end_leases", sweep())
        order(journal, "decide", late, "delivered")
        ack(journal, only(journal, mail))
        for told in (
            lambda: journal.settle(Settlement(held.copies[0].id, held.id, State.DELIVERED)).result(PATIENCE),
            lambda: fetch(journal, only(journal, mail)),
            lambda: order(journal, "resend", late),
            lambda: accept(journal, recall("mail"), to()),
        ):
            summed(journal)
            told()
            balanced(journal)
        summed(journal)
        balanced(journal)

    def test_what_is_dead_may_come_back(self, journal: Journal) -> None:
        """So it is counted anew at each question, like all that is not settled for good."""
        receipt = accept(journal)
        send(journal, receipt, State.DEAD, reason="client_fault")
        summed(journal)
        order(journal, "replay", receipt)
        balanced(journal)
        send(journal, receipt)
        summed(journal)

        assert Browse(journal.store).counts() == Counter({("axis", "delivered"): 1})

    def test_an_endpoint_is_told_by_its_whole_name(self, journal: Journal) -> None:
        """Whatever is in it, and where there is none."""
        accept(journal, edoc(document_id="a"), to(RECIPIENT, "sở tư pháp"))
        accept(journal, edoc(document_id="b"), to(RECIPIENT, "", dead="route.none"))
        summed(journal)
        send(journal, accept(journal, edoc(document_id="c"), to(RECIPIENT, "sở tư pháp")))
        summed(journal)

        balanced(journal)

    def test_what_was_counted_is_not_gone_through_again(self, journal: Journal) -> None:
        """A question reads none of the settled copies."""
        delivered(journal, 3)
        summed(journal)
        with journal.store.reading() as connection:
            engine = connection.engine
        asked: list[str] = []
        note = lambda *call: asked.append(call[2])  # noqa: E731 - takes what SQLAlchemy hands it
        event.listen(engine, "before_cursor_execute", note)
        counts = Browse(journal.store).counts()
        event.remove(engine, "before_cursor_execute", note)

        assert counts == {("axis", "delivered"): 3}
        assert asked
        assert not [statement for statement in asked if "copies.state IN ('delivered'" in statement]
