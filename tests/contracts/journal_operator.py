"""The verbs of the operator, and what time does (semantics 3, 12)."""

from __future__ import annotations

import pytest

from bus.journal import Journal
from bus.journal.browse import Browse
from bus.journal.operate import Order
from bus.journal.states import State
from bus.journal.tidy import Doubt, Recovery
from tests.contracts.journal_lanes import bring
from tests.journals import (
    AXIS,
    DAY,
    MINUTE,
    PATIENCE,
    accept,
    ack,
    balanced,
    due,
    hand,
    in_doubt,
    intake,
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
            journal.reads.copies(receipt.message_id)[0].body,
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
    """Expiry and horizon, and what is due before its time."""

    @pytest.mark.parametrize("asked_for", ["quota", "retry_after"])
    def test_what_waits_for_an_endpoint_that_is_back_is_due(self, journal: Journal, asked_for: str) -> None:
        """At once, and only there; a partner that asked to be left alone for a while is."""
        later = journal.clock.now() + MINUTE
        here, asked = (accept(journal, edoc(document_id=name)) for name in ("a", "b"))
        elsewhere = accept(journal, edoc(document_id="c"), to(endpoint="so-tc"))
        send(journal, here, State.WAITING, until=later, reason="connect")
        send(journal, asked, State.WAITING, until=later, reason=asked_for)
        send(journal, elsewhere, State.WAITING, until=later, reason="connect")

        assert journal.recover(Recovery(AXIS)).result(PATIENCE) == 1
        assert [state(journal, one) for one in (here, asked, elsewhere)] == ["queued", "waiting", "waiting"]
        balanced(journal)

    def test_what_waits_goes_in_portions_oldest_first(self, journal: Journal) -> None:
        """So many at a time; the count says when there are no more."""
        receipts = [accept(journal, edoc(document_id=str(number))) for number in range(3)]
        for receipt in receipts:
            send(journal, receipt, State.WAITING, until=journal.clock.now() + MINUTE, reason="connect")

        assert journal.recover(Recovery(AXIS, at_most=2)).result(PATIENCE) == 2
        assert [state(journal, receipt) for receipt in receipts] == ["queued", "queued", "waiting"]
        assert journal.recover(Recovery(AXIS, at_most=2)).result(PATIENCE) == 1

    @pytest.mark.parametrize("contract", [None, *Doubt])
    def test_what_is_in_doubt_there_is_sent_again_where_it_may_be(
        self, journal: Journal, contract: Doubt | None
    ) -> None:
        """By its contract only; a partner that is asked has a time of its own, and what is recalled stays."""
        later = journal.clock.now() + MINUTE
        doubtful, recalled, stuck = (accept(journal, edoc(document_id=name)) for name in "abc")
        for receipt in (doubtful, recalled):
            send(journal, receipt, State.IN_DOUBT, until=later, reason="timeout_after_send")
        send(journal, stuck, State.IN_DOUBT, reason="timeout_after_send")
        accept(journal, recall(target="b"))

        back = Recovery(AXIS, (lambda _copy: contract) if contract else None)
        moved = journal.recover(back).result(PATIENCE)
        assert moved == (contract == Doubt.RESEND)
        wanted = "queued" if contract == Doubt.RESEND else "in_doubt"
        assert [state(journal, one) for one in (doubtful, recalled, stuck)] == [wanted, "in_doubt", "in_doubt"]
        balanced(journal)

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
        at = journal.clock.now() + MINUTE
        futures = [journal.accept(intake(edoc(document_id=f"d{n}", attachments=()), expires_at=at)) for n in range(520)]
        for future in futures:
            future.result(PATIENCE)
        hand(journal).move(60)

        assert [tidy(journal, "expire") for _ in range(3)] == [500, 20, 0]
        balanced(journal)
