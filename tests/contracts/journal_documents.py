"""Which document a recall, an update or a status is of, and whose (semantics 1, 6)."""

from __future__ import annotations

from pathlib import Path

import pytest

from bus.journal import Journal
from bus.journal.browse import Browse
from bus.journal.event import Event
from bus.journal.states import State
from tests.journals import (
    accept,
    balanced,
    only,
    reached,
    recall,
    send,
    settle,
    state,
    taken,
    to,
)
from tests.messages import RECIPIENT, SENDER, edoc, status

OTHER = "000.00.12.H62"
THIRD = "000.00.13.H62"
GOOD = Path(__file__).parents[1] / "data" / "messages" / "good"
NOTHING = ("cancelled", "nothing_to_recall")
RECALLED = ("cancelled", "recalled")


class DocumentRules:
    """Events of one document, and of nobody else's."""

    def test_an_unknown_target_is_routed_like_any_document(self, journal: Journal) -> None:
        """Marked uncorrelated, it touches nothing."""
        other = accept(journal, edoc(document_id="kept"))
        back = accept(journal, recall("never seen"))

        assert state(journal, back) == state(journal, other) == "queued"
        assert _event(journal, back.message_id).uncorrelated == 1
        balanced(journal)

    def test_a_recall_never_touches_another_senders_document(self, journal: Journal) -> None:
        """DocumentIds of two senders may be equal."""
        theirs = accept(journal, edoc("A80", document_id="same"))
        back = accept(journal, edoc("G22", document_id="same", kind="recall"))

        assert state(journal, theirs) == "queued"
        assert _event(journal, back.message_id).uncorrelated == 1
        assert only(journal, theirs).recalled_by is None

    def test_a_recalled_document_id_is_free(self, journal: Journal) -> None:
        """New content under it is issue 2, no conflict; a recall then takes that one."""
        accept(journal)
        accept(journal, recall())
        again = accept(journal, edoc(subject="V/v lần hai"))

        assert _event(journal, again.message_id).issue == 2
        assert state(journal, again) == "queued"
        accept(journal, edoc(kind="recall", subject="V/v thu hồi lần hai"))
        assert reached(journal, again)[RECIPIENT] == RECALLED
        balanced(journal)

    def test_a_status_13_takes_back_its_receivers_copy_only(self, journal: Journal) -> None:
        """It speaks to one receiver; the document stands for the others."""
        first = accept(journal, None, to(RECIPIENT), to(OTHER))
        name = f"{SENDER},2025/11/03,15/QĐ-UBND"
        taking_back = status(SENDER, RECIPIENT, name, code="13")
        accept(journal, taking_back, to(RECIPIENT))

        assert reached(journal, first) == {RECIPIENT: RECALLED, OTHER: ("queued", "")}
        assert _event(journal, first.message_id).recalled_by is None
        balanced(journal)

    def test_a_recall_that_comes_twice_is_one(self, journal: Journal) -> None:
        """The repeat changes nothing, also when the document has gone on meanwhile."""
        first = accept(journal)
        send(journal, first)
        back = accept(journal, recall())
        send(journal, back)
        again = accept(journal, recall())

        assert again.message_id == back.message_id
        assert state(journal, back) == "delivered"
        balanced(journal)

    @pytest.mark.parametrize(
        "names",
        [
            ("new", "update", "replace", "recall"),
            ("recall", "replace", "update", "new"),
            ("update", "new", "recall", "replace"),
        ],
    )
    def test_our_four_samples_are_four_events_of_one_document(self, journal: Journal, names: tuple[str, ...]) -> None:
        """In any order and twice: four events, no conflict."""
        places = (to(RECIPIENT), to(OTHER))
        bodies = [(GOOD / f"{name}.edxml").read_bytes() for name in names]
        receipts = [accept(journal, body, *places) for body in [*bodies, *bodies]]

        assert len({receipt.message_id for receipt in receipts}) == 4
        assert len({_event(journal, receipt.message_id).document for receipt in receipts}) == 1
        balanced(journal)

    def test_the_recall_among_our_samples_cancels_what_was_not_sent(self, journal: Journal) -> None:
        """One recipient has the document, the other does not yet."""
        places = (to(RECIPIENT), to(OTHER))
        new, update, replaced, back = (
            accept(journal, (GOOD / f"{name}.edxml").read_bytes(), *places) if name != "recall" else None
            for name in ("new", "update", "replace", "recall")
        )
        assert new
        assert update
        assert replaced
        settle(journal, taken(journal, new, of=0), State.DELIVERED)
        back = accept(journal, (GOOD / "recall.edxml").read_bytes(), *places)

        assert reached(journal, new) == {RECIPIENT: ("delivered", ""), OTHER: RECALLED}
        assert reached(journal, update) == reached(journal, replaced) == {RECIPIENT: RECALLED, OTHER: RECALLED}
        assert reached(journal, back) == {RECIPIENT: ("queued", ""), OTHER: NOTHING}
        balanced(journal)

    def test_two_senders_under_one_document_id_do_not_touch_each_other(self, journal: Journal) -> None:
        """The shape of the official samples: two senders, one DocumentId, four events."""
        name = "000.00.01.A80,2025/11/03,7/CV"
        ours = accept(journal, edoc("A80", document_id=name), from_source=True)
        theirs = [
            accept(journal, edoc("G22", document_id=name, kind=kind), from_source=True)
            for kind in ("update", "replace", "recall")
        ]

        assert len({receipt.message_id for receipt in [ours, *theirs]}) == 4
        assert state(journal, ours) == "queued"
        assert only(journal, ours).recalled_by is None
        balanced(journal)


def _event(journal: Journal, message: str) -> Event:
    event = Browse(journal.store).find_message(message)
    assert event
    return event
