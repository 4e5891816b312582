"""What a recall does, case by case (semantics 6)."""

from __future__ import annotations

from pathlib import Path

import pytest

from bus.journal import Journal
from bus.journal.states import State
from bus.journal.tidy import Doubt
from tests.journals import (
    MINUTE,
    accept,
    ack,
    balanced,
    due,
    fetch,
    hand,
    in_doubt,
    lease,
    offered,
    only,
    order,
    outlive,
    reached,
    recall,
    send,
    settle,
    state,
    sweep,
    taken,
    tidy,
    to,
)
from tests.messages import RECIPIENT, edoc

OTHER = "000.00.12.H62"
THIRD = "000.00.13.H62"
GOOD = Path(__file__).parents[1] / "data" / "messages" / "good"
NOTHING = ("cancelled", "nothing_to_recall")
RECALLED = ("cancelled", "recalled")


class RecallRules:
    """Taking back what may not have arrived."""

    @pytest.mark.parametrize("where", ["queued", "waiting", "held"])
    def test_what_was_not_sent_is_cancelled_and_needs_no_recall(self, journal: Journal, where: str) -> None:
        """Queued, waiting or held."""
        first = accept(journal)
        if where == "waiting":
            send(journal, first, State.WAITING, until=journal.clock.now() + MINUTE)
        if where == "held":
            order(journal, "hold", first)
        back = accept(journal, recall())

        assert reached(journal, first)[RECIPIENT] == RECALLED
        assert reached(journal, back)[RECIPIENT] == NOTHING
        assert back.copies[0].state == "cancelled"
        assert due(journal) == []
        balanced(journal)

    def test_what_nobody_fetched_is_cancelled(self, journal: Journal) -> None:
        """It is gone from the mailbox as if it had never been there."""
        first = accept(journal, None, offered())
        back = accept(journal, recall(), offered())

        assert reached(journal, first)[RECIPIENT] == RECALLED
        assert reached(journal, back)[RECIPIENT] == NOTHING
        balanced(journal)

    def test_what_was_delivered_is_recalled_at_once(self, journal: Journal) -> None:
        """The delivered copy stays what it is; the recall goes."""
        first = accept(journal)
        send(journal, first)
        back = accept(journal, recall())

        assert state(journal, first) == "delivered"
        assert due(journal) == [back.message_id]
        balanced(journal)

    def test_what_was_fetched_is_recalled_at_once(self, journal: Journal) -> None:
        """The partner has the bytes, acked or not."""
        first = accept(journal, None, offered())
        fetch(journal, only(journal, first))
        back = accept(journal, recall(), offered())

        assert (state(journal, first), state(journal, back)) == ("offered", "offered")
        assert ack(journal, only(journal, first)).state == "delivered"
        balanced(journal)

    def test_what_was_fetched_refused_and_replayed_is_recalled(self, journal: Journal) -> None:
        """A replay does not unfetch."""
        first = accept(journal, None, offered())
        fetch(journal, only(journal, first))
        ack(journal, only(journal, first), done=False, reason="quá tải")
        assert order(journal, "replay", first).state == "offered"

        assert state(journal, accept(journal, recall(), offered())) == "offered"

    def test_a_recall_waits_for_the_call_under_way_and_goes_when_that_delivered(self, journal: Journal) -> None:
        """For that call only."""
        first = accept(journal)
        call = taken(journal, first)
        back = accept(journal, recall())
        assert lease(journal, back) is None

        settle(journal, call, State.DELIVERED)
        assert lease(journal, back) is not None
        balanced(journal)

    @pytest.mark.parametrize("outcome", [State.WAITING, State.QUEUED])
    def test_a_call_that_did_not_arrive_leaves_nothing_to_recall(self, journal: Journal, outcome: State) -> None:
        """It would have been sent again: it is not, and the recall is spared."""
        first = accept(journal)
        call = taken(journal, first)
        back = accept(journal, recall())
        settle(journal, call, outcome, until=journal.clock.now() + MINUTE, made=outcome == State.WAITING)

        assert reached(journal, first)[RECIPIENT] == RECALLED
        assert reached(journal, back)[RECIPIENT] == NOTHING
        balanced(journal)

    def test_a_call_that_was_refused_leaves_nothing_to_recall(self, journal: Journal) -> None:
        """Dead stays dead."""
        first = accept(journal)
        call = taken(journal, first)
        back = accept(journal, recall())
        settle(journal, call, State.DEAD, reason="client_fault")

        assert state(journal, first) == "dead"
        assert reached(journal, back)[RECIPIENT] == NOTHING
        balanced(journal)

    def test_a_call_of_unknown_outcome_is_asked_about_in_its_time_once(self, journal: Journal) -> None:
        """The recall waits for the answer, and the question for the partner to finish."""
        first = accept(journal)
        call = taken(journal, first)
        back = accept(journal, recall())
        settle(journal, call, State.IN_DOUBT, until=journal.clock.now() + 2 * MINUTE)
        assert (state(journal, first), due(journal)) == ("in_doubt", [])

        hand(journal).move(120)
        assert due(journal) == [first.message_id]
        settle(journal, taken(journal, first), State.DELIVERED, asked=True)
        assert due(journal) == [back.message_id]
        balanced(journal)

    @pytest.mark.parametrize(
        ("answer", "copy", "recalls"),
        [
            (State.DELIVERED, ("delivered", ""), ("queued", "")),
            (State.QUEUED, RECALLED, NOTHING),
            (State.IN_DOUBT, ("cancelled", "recalled_unknown"), ("queued", "")),
        ],
    )
    def test_a_copy_in_doubt_is_asked_about_once(
        self, journal: Journal, answer: State, copy: tuple[str, str], recalls: tuple[str, str]
    ) -> None:
        """Delivered: the recall goes. Not there: nothing to recall. No answer: the recall goes all the same."""
        first = accept(journal)
        in_doubt(journal, first, until=None)
        back = accept(journal, recall())
        assert lease(journal, back) is None

        question = taken(journal, first)
        assert question.asking
        settle(journal, question, answer, asked=True)

        assert reached(journal, first)[RECIPIENT] == copy
        assert reached(journal, back)[RECIPIENT] == recalls
        assert (lease(journal, back) is not None) == (recalls != NOTHING)
        balanced(journal)

    def test_a_recall_does_not_hurry_a_question(self, journal: Journal) -> None:
        """Asked too early, a partner still at work would say that it has nothing."""
        first = accept(journal)
        in_doubt(journal, first, until=journal.clock.now() + MINUTE)
        accept(journal, recall())
        assert due(journal) == []

        hand(journal).move(60)
        assert due(journal) == [first.message_id]

    def test_a_question_that_was_not_put_is_no_answer(self, journal: Journal) -> None:
        """The bus stopped before it asked: it asks when it is back."""
        first = accept(journal)
        in_doubt(journal, first)
        accept(journal, recall())
        question = taken(journal, first)
        settle(journal, question, State.IN_DOUBT, asked=True, made=False, until=journal.clock.now())

        assert state(journal, first) == "in_doubt"
        assert taken(journal, first).asking

    def test_a_late_word_of_an_old_call_is_no_answer_either(self, journal: Journal) -> None:
        """The call itself said that it does not know: the question is still to be put."""
        first = accept(journal)
        call = taken(journal, first)
        outlive(journal, call)
        tidy(journal, "end_leases", sweep(Doubt.ASK))
        accept(journal, recall())
        settle(journal, call, State.IN_DOUBT, until=journal.clock.now())

        assert state(journal, first) == "in_doubt"

    @pytest.mark.parametrize("contract", [Doubt.RESEND, Doubt.OPERATOR])
    def test_where_nobody_can_be_asked_the_recall_goes(self, journal: Journal, contract: Doubt) -> None:
        """A copy in doubt is given up, never sent again."""
        first = accept(journal)
        in_doubt(journal, first)
        back = accept(journal, recall())
        tidy(journal, "resolve", sweep(contract))

        assert reached(journal, first)[RECIPIENT] == ("cancelled", "recalled_unknown")
        assert due(journal) == [back.message_id]
        balanced(journal)

    def test_a_copy_that_may_have_arrived_is_recalled_though_it_waits(self, journal: Journal) -> None:
        """Unknown once and not asked about since: it waits for its next attempt, and yet the partner may have it."""
        first = accept(journal, edoc(document_id="d"))
        in_doubt(journal, first, until=journal.clock.now())
        tidy(journal, "resolve", sweep(Doubt.RESEND))
        send(journal, first, State.WAITING, until=journal.clock.now() + MINUTE)

        taking = accept(journal, recall("d"))

        assert reached(journal, first)[RECIPIENT] == ("cancelled", "recalled_unknown")
        assert reached(journal, taking)[RECIPIENT] == ("queued", "")
        balanced(journal)

    def test_a_copy_the_partner_says_it_has_not_needs_no_recall(self, journal: Journal) -> None:
        """In doubt once, then asked about: it is not there, so there is nothing to take back."""
        first = accept(journal, edoc(document_id="d"))
        in_doubt(journal, first, until=journal.clock.now())
        settle(journal, taken(journal, first), State.QUEUED, reason="not_there", asked=True)

        taking = accept(journal, recall("d"))

        assert reached(journal, first)[RECIPIENT] == ("cancelled", "recalled")
        assert reached(journal, taking)[RECIPIENT] == ("cancelled", "nothing_to_recall")

    def test_a_dead_copy_stays_dead_and_is_not_replayed(self, journal: Journal) -> None:
        """No marked copy is sent, resent or replayed."""
        first = accept(journal)
        send(journal, first, State.DEAD)
        back = accept(journal, recall())

        assert reached(journal, back)[RECIPIENT] == NOTHING
        refused = order(journal, "replay", first)
        assert (refused.state, back.message_id in refused.refused) == ("dead", True)
        balanced(journal)

    def test_a_delivered_copy_that_was_recalled_is_not_sent_again(self, journal: Journal) -> None:
        """Neither as a re-send."""
        first = accept(journal)
        send(journal, first)
        accept(journal, recall())

        assert "recalled" in order(journal, "resend", first).refused

    def test_an_open_resend_is_taken_back_with_the_rest(self, journal: Journal) -> None:
        """Every copy is marked, the repeated one too."""
        first = accept(journal)
        send(journal, first)
        order(journal, "resend", first)
        back = accept(journal, recall())

        states = [copy.state for copy in journal.reads.copies(first.message_id)]
        assert states == ["delivered", "cancelled"]
        assert due(journal) == [back.message_id]
        balanced(journal)

    def test_each_recipient_is_recalled_by_its_own_state(self, journal: Journal) -> None:
        """The sender sees which of them needed it."""
        first = accept(journal, None, to(RECIPIENT), to(OTHER), offered(THIRD))
        settle(journal, taken(journal, first, of=0), State.DELIVERED)
        back = accept(journal, recall(), to(RECIPIENT), to(OTHER), offered(THIRD))

        assert reached(journal, back) == {RECIPIENT: ("queued", ""), OTHER: NOTHING, THIRD: NOTHING}
        assert {receipt.recipient: receipt.state for receipt in back.copies}[OTHER] == "cancelled"
        balanced(journal)

    def test_a_recall_takes_the_updates_too(self, journal: Journal) -> None:
        """Every event of the document under its DocumentId."""
        first = accept(journal)
        update = accept(journal, edoc(kind="update"))
        accept(journal, recall())

        assert [reached(journal, receipt)[RECIPIENT] for receipt in (first, update)] == [RECALLED, RECALLED]
