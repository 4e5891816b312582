"""Leases, and what a settlement means (semantics 3, 4)."""

from __future__ import annotations

import pytest

from bus.journal import Journal
from bus.journal.lease import LeaseRequest
from bus.journal.operate import Order
from bus.journal.settle import Settlement
from bus.journal.states import State
from bus.journal.tidy import Doubt
from tests.journals import (
    MINUTE,
    PATIENCE,
    TERM,
    accept,
    balanced,
    hand,
    in_doubt,
    intake,
    lease,
    only,
    outlive,
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


class LeaseRules:
    """A delivery is taken in hand by one, for a time."""

    def test_a_lease_is_for_one(self, journal: Journal) -> None:
        """The second who asks gets nothing, in the same batch or later."""
        receipt = accept(journal)
        wanted = LeaseRequest(only(journal, receipt).delivery, TERM)

        got = [journal.lease(wanted) for _ in range(3)]

        assert [future.result(PATIENCE) is not None for future in got] == [True, False, False]
        assert lease(journal, receipt) is None

    def test_a_lease_counts_an_attempt_and_is_on_disk(self, journal: Journal) -> None:
        """Before the first byte leaves."""
        receipt = accept(journal)
        held = taken(journal, receipt)

        copy = only(journal, receipt)
        assert (copy.state, copy.attempts, copy.lease, copy.until) == ("sending", 1, held.id, held.until)

    def test_an_unknown_delivery_is_not_leased(self, journal: Journal) -> None:
        """A stray ticket does no harm."""
        assert journal.lease(LeaseRequest("nothing", TERM)).result(PATIENCE) is None

    def test_an_ended_lease_is_an_unknown_outcome(self, journal: Journal) -> None:
        """Not before its term; then nobody is left waiting in sending."""
        receipt = accept(journal)
        outlive(journal, taken(journal, receipt), but=1)
        assert tidy(journal, "end_leases") == 0

        hand(journal).move(1)
        assert tidy(journal, "end_leases") == 1
        assert only(journal, receipt).reason == "lease_ended"
        assert state(journal, receipt) == "in_doubt"
        balanced(journal)

    def test_a_large_body_is_given_longer(self, journal: Journal) -> None:
        """A slow line is no hang: the lease grows with the body."""
        small = taken(journal, accept(journal, edoc(document_id="small")))
        large = taken(journal, accept(journal, edoc(document_id="large", attachments=[("a.pdf", b"x" * (1 << 20))])))

        assert large.until - small.until > 10_000_000

    def test_leases_of_a_dead_process_end_at_once(self, journal: Journal) -> None:
        """The one process that owns the home is new: whoever held them is gone."""
        receipts = [accept(journal, edoc(document_id=f"d{n}")) for n in range(3)]
        for receipt in receipts:
            taken(journal, receipt)

        assert tidy(journal, "end_orphaned") == 3
        assert {state(journal, receipt) for receipt in receipts} == {"in_doubt"}
        balanced(journal)

    def test_a_lease_far_in_the_future_ends(self, journal: Journal) -> None:
        """It was written by a clock that jumped: a due time further off than any policy's is due."""
        receipt = accept(journal)
        hand(journal).move(10 * 86_400)
        taken(journal, receipt)
        hand(journal).move(-10 * 86_400)

        assert tidy(journal, "end_leases") == 1

    def test_a_late_settlement_still_tells_the_truth_about_a_copy_in_doubt(self, journal: Journal) -> None:
        """The call came back after its lease had ended."""
        receipt = accept(journal)
        held = taken(journal, receipt)
        outlive(journal, held)
        tidy(journal, "end_leases")

        assert settle(journal, held, State.DELIVERED, remote_id="r1") == [True]
        assert only(journal, receipt).remote_id == "r1"
        assert state(journal, receipt) == "delivered"
        balanced(journal)

    @pytest.mark.parametrize("told", [State.WAITING, State.QUEUED, State.IN_DOUBT])
    def test_a_late_settlement_that_knows_no_better_changes_nothing(self, journal: Journal, told: State) -> None:
        """To be sent again a copy in doubt needs its contract, not an old call."""
        receipt = accept(journal)
        held = taken(journal, receipt)
        outlive(journal, held)
        tidy(journal, "end_leases")

        settle(journal, held, told)

        assert state(journal, receipt) == "in_doubt"
        balanced(journal)

    def test_a_settlement_of_a_lost_lease_is_noted_and_nothing_else(self, journal: Journal) -> None:
        """Another lease was given meanwhile: its holder settles."""
        receipt = accept(journal)
        old = taken(journal, receipt)
        outlive(journal, old)
        tidy(journal, "end_leases", sweep(Doubt.RESEND))
        tidy(journal, "resolve", sweep(Doubt.RESEND))
        new = taken(journal, receipt)

        assert settle(journal, old, State.DEAD) == [False]
        assert state(journal, receipt) == "sending"
        assert settle(journal, new, State.DELIVERED) == [True]
        balanced(journal)


class SettlementRules:
    """What an outcome does to a copy."""

    def test_waiting_becomes_due_and_goes_again(self, journal: Journal) -> None:
        """Not before its time; the next lease is the next attempt."""
        receipt = accept(journal)
        send(journal, receipt, State.WAITING, until=journal.clock.now() + MINUTE, reason="connect")
        assert tidy(journal, "ripen") == 0

        hand(journal).move(60)
        assert tidy(journal, "ripen") == 1
        assert taken(journal, receipt).copies[0].attempts == 2
        balanced(journal)

    def test_a_due_time_beyond_every_policy_is_due(self, journal: Journal) -> None:
        """Only a clock that jumped writes one."""
        receipt = accept(journal)
        send(journal, receipt, State.WAITING, until=journal.clock.now() + 400 * 1440 * MINUTE)

        assert tidy(journal, "ripen") == 1

    def test_what_was_given_back_made_no_attempt(self, journal: Journal) -> None:
        """The bus stopped before the call."""
        receipt = accept(journal)
        settle(journal, taken(journal, receipt), State.QUEUED, made=False)

        assert (state(journal, receipt), only(journal, receipt).attempts) == ("queued", 0)
        balanced(journal)

    def test_dead_is_dead_until_replayed(self, journal: Journal) -> None:
        """No sweep wakes it."""
        receipt = accept(journal)
        send(journal, receipt, State.DEAD, reason="client_fault")
        hand(journal).move(30 * 86_400)
        for verb in ("ripen", "end_leases", "resolve", "expire"):
            assert tidy(journal, verb) == 0

        assert only(journal, receipt).reason == "client_fault"
        balanced(journal)

    def test_each_copy_of_a_call_has_its_own_outcome(self, journal: Journal) -> None:
        """What one recipient refuses does not touch the others."""
        receipt = accept(journal, None, to(RECIPIENT, one_call=True), to(OTHER, one_call=True))
        held = taken(journal, receipt)
        outcomes = zip(held.copies, (State.DELIVERED, State.DEAD), strict=True)
        for copy, outcome in outcomes:
            assert journal.settle(Settlement(copy.id, held.id, outcome)).result(PATIENCE)

        assert [copy.state for copy in journal.reads.copies(receipt.message_id)] == ["delivered", "dead"]
        balanced(journal)

    @pytest.mark.parametrize("words", ["a\x00b", "\ud800", "x" * 100_000])
    def test_no_partners_answer_makes_a_settlement_fail(self, journal: Journal, words: str) -> None:
        """Whatever it says, and whatever id it gives, twice or not."""
        receipts = [accept(journal, edoc(document_id=f"d{n}")) for n in range(2)]
        for receipt in receipts:
            send(journal, receipt, words=words, remote_id=words)

        assert {state(journal, receipt) for receipt in receipts} == {"delivered"}

    def test_a_copy_in_doubt_goes_again_only_by_its_contract(self, journal: Journal) -> None:
        """Resend where that is harmless; else it waits for a question or an operator."""
        for contract, expected in ((Doubt.RESEND, "queued"), (Doubt.ASK, "in_doubt"), (Doubt.OPERATOR, "in_doubt")):
            receipt = accept(journal, edoc(document_id=contract))
            in_doubt(journal, receipt, until=journal.clock.now())
            tidy(journal, "resolve", sweep(contract))
            assert state(journal, receipt) == expected
        balanced(journal)

    def test_a_question_is_leased_and_leaves_the_copy_in_doubt(self, journal: Journal) -> None:
        """It is no attempt to send, and is put once at a time."""
        receipt = accept(journal)
        in_doubt(journal, receipt, until=journal.clock.now())

        asked = taken(journal, receipt)
        assert asked.asking
        assert lease(journal, receipt) is None
        assert (state(journal, receipt), only(journal, receipt).attempts) == ("in_doubt", 1)
        settle(journal, asked, State.QUEUED, asked=True)
        assert not taken(journal, receipt).asking
        balanced(journal)

    def test_copies_to_be_asked_about_do_not_hide_those_to_be_sent_again(self, journal: Journal) -> None:
        """However many wait for an answer, a sweep gets to what needs none."""
        many = [journal.accept(intake(edoc(document_id=f"d{n}"), to(RECIPIENT, "asked"))) for n in range(501)]
        leases = [journal.lease(LeaseRequest(f.result(PATIENCE).copies[0].doc_id, TERM)) for f in many]
        for future in leases:
            held = future.result(PATIENCE)
            assert held
            last = journal.settle(Settlement(held.copies[0].id, held.id, State.IN_DOUBT, until=journal.clock.now()))
        last.result(PATIENCE)
        receipt = accept(journal, edoc(document_id="last"))
        in_doubt(journal, receipt, until=journal.clock.now())

        known = sweep(Doubt.RESEND, asked=frozenset({"asked"}))
        tidy(journal, "resolve", known)

        assert state(journal, receipt) == "queued"

    def test_several_orders_of_one_batch_see_each_other(self, journal: Journal) -> None:
        """Hold and release of one copy, asked for at once, end where the last says."""
        receipt = accept(journal)
        wanted = Order((only(journal, receipt).id,), "an")
        futures = [journal.operate(verb, wanted) for verb in ("hold", "release", "hold")]

        assert [future.result(PATIENCE)[0].refused for future in futures] == ["", "", ""]
        assert state(journal, receipt) == "held"
        balanced(journal)
