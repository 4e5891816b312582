"""The verbs of the mailbox and of the operator, and what time does (semantics 3, 5, 12)."""

from __future__ import annotations

from concurrent.futures import Future
from typing import Any

import pytest

from bus.errors import Rejected
from bus.journal import Journal
from bus.journal.browse import Browse
from bus.journal.operate import Order
from bus.journal.states import State
from tests.journals import (
    AXIS,
    DAY,
    MAILBOX,
    MINUTE,
    PATIENCE,
    accept,
    ack,
    balanced,
    due,
    fetch,
    hand,
    in_doubt,
    offered,
    only,
    order,
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
        from bus.journal.take import Ack

        words = [Ack(only(journal, receipt).id, frozenset({RECIPIENT}), "x", done) for done in (True, False, True)]
        results = [_outcome(future) for future in [journal.ack(word) for word in words]]

        assert [getattr(result, "state", "refused") for result in results] == ["delivered", "refused", "delivered"]


class OperatorRules:
    """Orders move what may move, and say why not."""

    @pytest.mark.parametrize(
        ("verb", "refused_in"),
        [
            ("hold", ["sending", "in_doubt", "delivered", "dead", "cancelled", "held"]),
            ("release", ["queued", "sending", "waiting", "in_doubt", "delivered", "dead", "cancelled"]),
            ("cancel", ["sending", "in_doubt", "delivered", "cancelled"]),
            ("replay", ["queued", "sending", "waiting", "held", "in_doubt", "delivered", "cancelled"]),
            ("decide", ["queued", "sending", "waiting", "held", "delivered", "dead", "cancelled"]),
            ("resend", ["queued", "sending", "waiting", "held", "in_doubt", "dead"]),
        ],
    )
    def test_an_illegal_order_is_refused_with_its_reason(
        self, journal: Journal, verb: str, refused_in: list[str]
    ) -> None:
        """And nothing moved."""
        from tests.contracts.journal_lanes import bring

        for where in refused_in:
            receipt = accept(journal, edoc(document_id=where))
            bring(journal, receipt, where)
            done = order(journal, verb, receipt, state="delivered")
            assert done.refused, where
            assert done.state == state(journal, receipt) == where
        balanced(journal)

    def test_hold_and_release_go_back_to_where_they_were(self, journal: Journal) -> None:
        """Queued, waiting with its time, and offered."""
        waiting = accept(journal, edoc(document_id="w"))
        until = journal.clock.now() + MINUTE
        send(journal, waiting, State.WAITING, until=until)
        others = [accept(journal, edoc(document_id="q")), accept(journal, edoc(document_id="o"), offered())]
        for receipt in (waiting, *others):
            assert order(journal, "hold", receipt).state == "held"
            assert due(journal) == [others[0].message_id] if receipt is waiting else True
        states = [order(journal, "release", receipt).state for receipt in (waiting, *others)]

        assert states == ["waiting", "queued", "offered"]
        assert only(journal, waiting).until == until
        balanced(journal)

    def test_time_in_hold_is_no_time_of_trying(self, journal: Journal) -> None:
        """What was held longer than the horizon is not given up when it is released."""
        receipt = accept(journal)
        order(journal, "hold", receipt)
        hand(journal).move(8 * 86_400)
        order(journal, "release", receipt)

        assert tidy(journal, "give_up", sweep(horizon={AXIS: 7 * DAY})) == 0

    @pytest.mark.parametrize("word", ["delivered", "queued", "dead"])
    def test_an_operator_settles_a_doubt(self, journal: Journal, word: str) -> None:
        """Delivered, send again, or dead; time for trying begins anew."""
        receipt = accept(journal)
        in_doubt(journal, receipt)
        hand(journal).move(8 * 86_400)

        assert order(journal, "decide", receipt, word).state == word
        assert tidy(journal, "give_up", sweep(horizon={AXIS: 7 * DAY})) == 0
        balanced(journal)

    @pytest.mark.parametrize("word", ["cancelled", "sending", "waiting", "nonsense", ""])
    def test_no_other_word_settles_a_doubt(self, journal: Journal, word: str) -> None:
        """Refused, not failed."""
        receipt = accept(journal)
        in_doubt(journal, receipt)

        assert order(journal, "decide", receipt, word).refused
        assert state(journal, receipt) == "in_doubt"

    def test_a_doubt_about_a_recalled_copy_is_not_settled_by_sending_it(self, journal: Journal) -> None:
        """To say "it did not arrive" cancels it, and the recall with it."""
        receipt = accept(journal)
        in_doubt(journal, receipt)
        back = accept(journal, recall())

        assert order(journal, "decide", receipt, "queued").state == "cancelled"
        assert only(journal, back).reason == "nothing_to_recall"
        balanced(journal)

    def test_a_replay_is_the_same_copy_and_the_next_attempt(self, journal: Journal) -> None:
        """Its time for trying begins anew."""
        receipt = accept(journal)
        send(journal, receipt, State.DEAD)
        hand(journal).move(8 * 86_400)
        order(journal, "replay", receipt)

        assert tidy(journal, "give_up", sweep(horizon={AXIS: 7 * DAY})) == 0
        assert taken(journal, receipt).copies[0].attempts == 2
        balanced(journal)

    def test_a_resend_is_a_copy_of_the_copy_and_at_most_one_is_open(self, journal: Journal) -> None:
        """The settled one does not move; the account does not count the new one."""
        receipt = accept(journal)
        send(journal, receipt)
        assert not order(journal, "resend", receipt).refused

        again = journal.reads.copies(receipt.message_id)[1]
        assert (again.kind, again.of_copy, again.body) == (
            "resend",
            receipt.copies[0].doc_id,
            only_first(journal, receipt).body,
        )
        assert "already" in order(journal, "resend", receipt).refused
        settle(journal, taken(journal, receipt, of=1), State.DELIVERED)
        assert not order(journal, "resend", receipt).refused
        balanced(journal)

    @pytest.mark.parametrize("verb", ["resend", "replay"])
    def test_what_was_held_at_birth_comes_back_to_the_mailbox(self, journal: Journal, verb: str) -> None:
        """A conflict for a mailbox, released and settled, is offered again and not queued for nobody."""
        accept(journal, None, offered())
        receipt = accept(journal, edoc(subject="V/v khác"), offered(), from_source=True)
        order(journal, "release", receipt)
        ack(journal, only(journal, receipt), done=verb == "resend")
        order(journal, verb, receipt)

        assert journal.reads.copies(receipt.message_id)[-1].state == "offered"
        balanced(journal)

    def test_unknown_copies_are_named(self, journal: Journal) -> None:
        """The others of the order are done."""
        receipt = accept(journal)
        done = journal.operate("hold", Order(("nothing", receipt.copies[0].doc_id), "an")).result(PATIENCE)

        assert [bool(one.refused) for one in done] == [True, False]

    def test_what_an_operator_did_is_told_with_his_name(self, journal: Journal) -> None:
        """By whom, and why."""
        receipt = accept(journal)
        journal.operate("hold", Order((receipt.copies[0].doc_id,), "an", "chờ xác minh")).result(PATIENCE)

        last = Browse(journal.store).happened(receipt.message_id)[-1]
        assert (last.what, last.by, last.detail["reason"]) == ("copy.held", "an", "chờ xác minh")


class TimeRules:
    """Expiry and horizon."""

    def test_what_may_not_be_late_expires(self, journal: Journal) -> None:
        """Queued, waiting, offered and held; at its time and not before."""
        at = journal.clock.now() + MINUTE
        queued = accept(journal, edoc(document_id="q"), expires_at=at)
        waiting = accept(journal, edoc(document_id="w"), expires_at=at)
        send(journal, waiting, State.WAITING, until=at + MINUTE)
        held = accept(journal, edoc(document_id="h"), expires_at=at)
        order(journal, "hold", held)
        box = accept(journal, edoc(document_id="o"), offered(), expires_at=at)
        assert tidy(journal, "expire") == 0

        hand(journal).move(60)
        assert tidy(journal, "expire") == 4
        assert {state(journal, receipt) for receipt in (queued, waiting, held, box)} == {"expired"}
        balanced(journal)

    def test_what_is_on_the_wire_or_settled_does_not_expire(self, journal: Journal) -> None:
        """Its outcome stands."""
        at = journal.clock.now() + MINUTE
        receipts = [accept(journal, edoc(document_id=f"d{n}"), expires_at=at) for n in range(4)]
        outcomes = [State.DELIVERED, State.DEAD, State.IN_DOUBT]
        for receipt, outcome in zip(receipts, outcomes, strict=False):
            send(journal, receipt, outcome)
        taken(journal, receipts[3])
        hand(journal).move(60)

        assert tidy(journal, "expire") == 0
        assert [state(journal, receipt) for receipt in receipts] == [*outcomes, "sending"]

    def test_what_could_not_be_sent_in_time_is_given_up(self, journal: Journal) -> None:
        """Queued or waiting, whether a call could be made or not; a class of its own; other endpoints are not asked."""
        queued = accept(journal, edoc(document_id="q"))
        waiting = accept(journal, edoc(document_id="w"))
        send(journal, waiting, State.WAITING, until=journal.clock.now() + MINUTE)
        other = accept(journal, edoc(document_id="o"), to(RECIPIENT, "so-tc"))
        hand(journal).move(7 * 86_400)

        assert tidy(journal, "give_up", sweep(horizon={AXIS: 7 * DAY})) == 2
        assert [only(journal, receipt).reason for receipt in (queued, waiting)] == ["horizon", "horizon"]
        assert state(journal, other) == "queued"
        balanced(journal)

    def test_a_sweep_moves_a_bounded_number(self, journal: Journal) -> None:
        """The rest comes with the next; nothing is left out."""
        from tests.journals import intake

        at = journal.clock.now() + MINUTE
        futures = [journal.accept(intake(edoc(document_id=f"d{n}", attachments=()), expires_at=at)) for n in range(520)]
        for future in futures:
            future.result(PATIENCE)
        hand(journal).move(60)

        assert [tidy(journal, "expire") for _ in range(3)] == [500, 20, 0]
        balanced(journal)


def only_first(journal: Journal, receipt: Any) -> Any:
    """The first copy of a message."""
    return journal.reads.copies(receipt.message_id)[0]


def _outcome(future: Future[Any]) -> Any:
    return future.exception(PATIENCE) or future.result()
