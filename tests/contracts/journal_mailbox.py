"""The verbs of the mailbox (semantics 5)."""

from __future__ import annotations

from concurrent.futures import Future
from typing import Any

import pytest

from bus.errors import Rejected
from bus.journal import Journal
from bus.journal.browse import Browse
from bus.journal.take import Ack
from tests.journals import (
    MAILBOX,
    PATIENCE,
    accept,
    ack,
    balanced,
    due,
    fetch,
    hand,
    offered,
    only,
    order,
    recall,
    state,
)
from tests.messages import RECIPIENT, edoc

OTHER = "000.00.12.H62"


def listed(journal: Journal, agency: str = RECIPIENT) -> list[tuple[str, str]]:
    """What a partner sees: message and transport state."""
    return [(item.message_id, item.state) for item in Browse(journal.store).offered([agency], "edoc", None, None, 10)]


class MailboxRules:
    """A copy is its partner's until it says so."""

    def test_a_mailbox_copy_is_offered_at_once(self, journal: Journal) -> None:
        """No ticket, no lease; listed in order of acceptance, and nothing hides it."""
        receipts = [accept(journal, edoc(document_id=f"d{n}"), offered()) for n in range(3)]

        assert listed(journal) == [(receipt.message_id, "initial") for receipt in receipts]
        assert due(journal, MAILBOX) == []
        fetch(journal, only(journal, receipts[0]))
        assert listed(journal)[0] == (receipts[0].message_id, "processing")

    def test_get_may_be_repeated_and_keeps_the_first_time(self, journal: Journal) -> None:
        """It is what a recall looks at."""
        receipt = accept(journal, None, offered())
        first = fetch(journal, only(journal, receipt))
        hand(journal).move(60)

        assert fetch(journal, only(journal, receipt)).fetched_at == first.fetched_at
        assert state(journal, receipt) == "offered"
        balanced(journal)

    def test_done_delivers_and_may_be_said_again(self, journal: Journal) -> None:
        """Acked through one door, gone from all."""
        receipt = accept(journal, None, offered())

        assert ack(journal, only(journal, receipt)).state == ack(journal, only(journal, receipt)).state == "delivered"
        assert listed(journal) == []
        balanced(journal)

    def test_fail_is_dead_with_the_partners_words(self, journal: Journal) -> None:
        """Idempotent; an empty word is a class of its own."""
        said, silent = (accept(journal, edoc(document_id=name), offered()) for name in ("a", "b"))
        ack(journal, only(journal, said), done=False, reason="sai định dạng\x00")
        ack(journal, only(journal, said), done=False, reason="khác")
        ack(journal, only(journal, silent), done=False)

        assert [only(journal, receipt).reason for receipt in (said, silent)] == ["sai định dạng", "recipient_failed"]
        assert state(journal, said) == "dead"
        balanced(journal)

    @pytest.mark.parametrize("first", [True, False])
    def test_the_other_word_afterwards_is_refused(self, journal: Journal, first: bool) -> None:
        """The first answer stands."""
        receipt = accept(journal, None, offered())
        ack(journal, only(journal, receipt), done=first)

        with pytest.raises(Rejected, match=r"ack\.settled"):
            ack(journal, only(journal, receipt), done=not first)

    def test_another_agencys_copy_is_like_none_at_all(self, journal: Journal) -> None:
        """The same answer as for an unknown id, to every verb."""
        receipt = accept(journal, None, offered())
        copy = only(journal, receipt)

        for verb in (fetch, ack):
            with pytest.raises(Rejected) as refusal:
                verb(journal, copy, OTHER)
            assert refusal.value.code == "not_found"
        assert listed(journal, OTHER) == []

    @pytest.mark.parametrize("how", ["recalled", "cancelled", "held"])
    def test_what_was_taken_away_unseen_is_like_none_at_all(self, journal: Journal, how: str) -> None:
        """Its recipient may not learn of it."""
        receipt = accept(journal, None, offered())
        if how == "recalled":
            accept(journal, recall(), offered())
        else:
            order(journal, {"cancelled": "cancel", "held": "hold"}[how], receipt)

        for verb in (fetch, ack):
            with pytest.raises(Rejected, match="not_found"):
                verb(journal, only(journal, receipt))
        balanced(journal)

    def test_a_failed_copy_that_was_never_fetched_is_gone_after_a_recall(self, journal: Journal) -> None:
        """Its recipient was sent no recall, so it may not fetch what was taken back."""
        receipt = accept(journal, None, offered())
        ack(journal, only(journal, receipt), done=False)
        accept(journal, recall(), offered())

        with pytest.raises(Rejected, match="not_found"):
            fetch(journal, only(journal, receipt))

    def test_several_acks_in_one_batch_meet_each_other(self, journal: Journal) -> None:
        """Done twice and fail once: one delivery, one refusal."""
        receipt = accept(journal, None, offered())
        words = [Ack(only(journal, receipt).id, frozenset({RECIPIENT}), "x", done) for done in (True, False, True)]
        results = [_outcome(future) for future in [journal.ack(word) for word in words]]

        assert [getattr(result, "state", "refused") for result in results] == ["delivered", "refused", "delivered"]


def _outcome(future: Future[Any]) -> Any:
    return future.exception(PATIENCE) or future.result()
