"""What an outcome means for a copy, and what a courier does about its lease."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from bus.claimcheck import ClaimCheck
from bus.clock import MICROS, micros
from bus.delivery import Courier, Told
from bus.endpoint import Answer, Delivered
from bus.errors import FailureClass, OutcomeUnknown, Refused, Unreachable
from bus.journal import Journal
from bus.journal.operate import Order
from bus.journal.settle import Settlement
from bus.journal.states import State
from bus.journal.straight import Lease
from bus.message import Delivery
from bus.outcome import Call, abandoned, given_back
from bus.outlet import Outlet
from tests.deliveries import ASK_AFTER, ScriptedSink, outlet
from tests.journals import DAY, MINUTE, PATIENCE, accept, hand, in_doubt, in_file, only, send, taken, to
from tests.messages import RECIPIENT

DOWN = Unreachable(FailureClass.CONNECT, "no route to host")


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    journal = in_file(tmp_path / "journal.db")
    with capture_logs():
        yield journal
    journal.close()


@pytest.fixture
def lease(journal: Journal) -> Lease:
    return taken(journal, accept(journal))


def after(lease: Lease, outcome: Any, to_outlet: Outlet | None = None) -> Settlement:
    """How the one copy of a lease is settled after an outcome."""
    end = lease.until
    return Call(lease, to_outlet or outlet(), end, end, 0.0).settlement(outcome, lease.copies[0])


def courier(journal: Journal, tmp_path: Path) -> Courier:
    return Courier(journal.reads, ClaimCheck(tmp_path / "b", tmp_path / "s"), journal.clock, roll=lambda: 0.0)


def test_delivered_keeps_the_partners_id_and_words(lease: Lease) -> None:
    """For the way back."""
    told = after(lease, Delivered("r1", "đã nhận"))

    assert (told.to, told.remote_id, told.words, told.until) == (State.DELIVERED, "r1", "đã nhận", None)


def test_refused_is_dead_at_once_with_its_class(lease: Lease) -> None:
    """Never again by itself."""
    told = after(lease, Refused(FailureClass.SCHEMA, "sai"))

    assert (told.to, told.reason, told.words) == (State.DEAD, "schema", "sai")


def test_unreachable_waits_by_the_policy(lease: Lease) -> None:
    """Thirty seconds after the first attempt."""
    told = after(lease, DOWN)

    assert (told.to, told.until) == (State.WAITING, lease.until + 30 * MICROS)


@pytest.mark.parametrize("failure", [FailureClass.QUOTA, FailureClass.SERVER_FAULT])
def test_a_partner_that_asks_for_time_gets_it(lease: Lease, failure: FailureClass) -> None:
    """Retry-After is a minimum; that it was said is kept as the reason, for whoever would have the copy go sooner."""
    told = after(lease, Unreachable(failure, retry_after=7200))

    assert (told.until, told.reason) == (lease.until + 7200 * MICROS, "retry_after")
    assert told.failure == failure


def test_unreachable_past_the_horizon_is_dead_by_a_class_of_its_own(journal: Journal) -> None:
    """Not the same as refused."""
    held = taken(journal, accept(journal))
    end = held.copies[0].since + 7 * DAY
    told = Call(held, outlet(), end, end, 0.0).settlement(DOWN, held.copies[0])

    assert (told.to, told.reason, told.failure) == (State.DEAD, "horizon", "connect")


@pytest.mark.parametrize(
    ("idempotency", "wait"), [("none", None), ("ask_first", ASK_AFTER), ("id", 30.0), ("id_and_hash", 30.0)]
)
def test_an_unknown_outcome_goes_by_the_contract(lease: Lease, idempotency: str, wait: Any) -> None:
    """None: an operator; ask: when the partner must have finished; else again as after any failure."""
    told = after(lease, OutcomeUnknown(), outlet(idempotency=idempotency))

    assert told.to == State.IN_DOUBT
    assert told.until == (None if wait is None else lease.until + micros(wait))


def test_a_rule_that_allows_duplicates_needs_no_contract(lease: Lease) -> None:
    """The route says so."""
    careless = Outlet("axis", ScriptedSink(), outlet().settings, outlet().policy, may_repeat=frozenset({"outside"}))

    assert after(lease, OutcomeUnknown(), careless).until is not None


@pytest.mark.parametrize(
    ("answer", "to_state"),
    [(Answer.DELIVERED, State.DELIVERED), (Answer.NOT_THERE, State.QUEUED), (Answer.UNKNOWN, State.IN_DOUBT)],
)
def test_a_copy_in_doubt_goes_again_only_when_it_is_not_there(lease: Lease, answer: Answer, to_state: State) -> None:
    """And what the partner does not know waits for an operator."""
    told = Call(lease, outlet(), lease.until, lease.until, 0.0).answered(answer, lease.copies[0])

    assert (told.to, told.asked, told.until) == (to_state, True, None)


def test_a_question_that_failed_is_put_again_later(lease: Lease) -> None:
    """However long the partner asks for, within the horizon."""
    call = Call(lease, outlet(), lease.until, lease.until, 0.0)

    assert call.unanswered(DOWN, lease.copies[0]).until == lease.until + 30 * MICROS
    forever = Unreachable(FailureClass.QUOTA, retry_after=float("inf"))
    assert call.unanswered(forever, lease.copies[0]).until == lease.until + 7 * DAY


def test_what_is_given_back_was_no_call(lease: Lease) -> None:
    """It is queued again and writes no attempt."""
    (told,) = given_back(lease)

    assert (told.to, told.made) == (State.QUEUED, False)


def test_a_call_that_is_given_up_may_have_arrived(lease: Lease) -> None:
    """In doubt, by the endpoint's contract."""
    (told,) = abandoned(lease, outlet(idempotency="ask_first"), lease.until)

    assert (told.to, told.reason, told.until) == (State.IN_DOUBT, "stopped", lease.until + micros(ASK_AFTER))
    assert abandoned(lease, outlet(), lease.until)[0].until is None


def test_a_lease_that_waited_too_long_is_put_back(journal: Journal, tmp_path: Path, lease: Lease) -> None:
    """With less than half its term left, the call might outlive it."""
    sink = ScriptedSink()
    hand(journal).move(lease.term * 0.6 / MICROS)
    told = courier(journal, tmp_path).deliver(lease, outlet(sink))

    assert (told.settlements[0].to, sink.sent, told.seconds) == (State.QUEUED, [], None)


def test_a_lease_past_its_messages_expiry_is_given_up(journal: Journal, tmp_path: Path) -> None:
    """Without a call."""
    sink = ScriptedSink()
    held = taken(journal, accept(journal, expires_at=journal.clock.now() + MINUTE))
    hand(journal).move(60)
    told = courier(journal, tmp_path).deliver(held, outlet(sink))

    assert (told.settlements[0].to, told.settlements[0].made, sink.sent) == (State.DEAD, False, [])


def test_a_body_that_is_gone_is_a_refusal_of_ours(journal: Journal, tmp_path: Path) -> None:
    """Nothing can be sent, ever."""
    held = taken(journal, accept(journal))
    gone = replace(held, copies=(held.copies[0]._replace(body="0" * 64),))

    assert courier(journal, tmp_path).deliver(gone, outlet()).settlements[0].to == State.DEAD


def test_a_resend_goes_under_the_first_copys_id(journal: Journal, tmp_path: Path) -> None:
    """So that a partner can drop it."""
    receipt = accept(journal)
    send(journal, receipt)
    journal.operate("resend", Order((only(journal, receipt).id,), "an")).result(PATIENCE)
    sink = ScriptedSink()
    told = courier(journal, tmp_path).deliver(taken(journal, receipt, of=1), outlet(sink))

    assert sink.sent[0].copies[0].doc_id == receipt.copies[0].doc_id
    assert told.settlements[0].to == State.DELIVERED
    assert told.settlements[0].copy != receipt.copies[0].doc_id


def test_a_doubt_is_asked_about_with_the_id_on_the_wire(journal: Journal, tmp_path: Path) -> None:
    """And nothing is sent."""
    receipt = accept(journal)
    in_doubt(journal, receipt, until=journal.clock.now())
    sink = ScriptedSink(answer=Answer.DELIVERED)
    told = courier(journal, tmp_path).deliver(taken(journal, receipt), outlet(sink))

    assert [copy.doc_id for copy in sink.asked] == [receipt.copies[0].doc_id]
    assert (told.settlements[0].to, sink.sent) == (State.DELIVERED, [])


def doubtful_pair(journal: Journal) -> Lease:
    """A question about the two copies of one call."""
    receipt = accept(journal, None, to(RECIPIENT, one_call=True), to("000.00.12.H62", one_call=True))
    send(journal, receipt, State.IN_DOUBT, until=journal.clock.now())
    return taken(journal, receipt)


def test_each_copy_of_a_call_in_doubt_is_asked_about(journal: Journal, tmp_path: Path) -> None:
    """One question a copy, one answer a copy."""
    sink = ScriptedSink(answer=Answer.NOT_THERE)
    told = courier(journal, tmp_path).deliver(doubtful_pair(journal), outlet(sink))

    assert len(sink.asked) == len(told.settlements) == 2


@pytest.mark.parametrize("failure", [DOWN, Refused(FailureClass.AUTH), ValueError()])
def test_a_question_that_fails_speaks_for_those_after_it(journal: Journal, tmp_path: Path, failure: Exception) -> None:
    """A partner that is down is not asked about each of twenty; all are asked about later."""
    sink = ScriptedSink(answer=failure)
    told = courier(journal, tmp_path).deliver(doubtful_pair(journal), outlet(sink))

    assert len(sink.asked) == 1
    assert [(one.to, one.outcome) for one in told.settlements] == [(State.IN_DOUBT, "unanswered")] * 2
    assert all(one.until for one in told.settlements)


def test_an_answer_that_is_none_is_a_fault(journal: Journal, tmp_path: Path) -> None:
    """The copy stays in doubt."""
    sink: Any = ScriptedSink(answer="yes")  # type: ignore[arg-type]
    receipt = accept(journal)
    in_doubt(journal, receipt, until=journal.clock.now())
    told: Told = courier(journal, tmp_path).deliver(taken(journal, receipt), outlet(sink))

    assert told.settlements[0].to == State.IN_DOUBT


def test_the_parcel_names_only_the_copies_of_its_lease(journal: Journal, tmp_path: Path) -> None:
    """Whatever the XML lists."""
    receipt = accept(journal, None, to("A", one_call=True), to("B", one_call=True))
    sink = ScriptedSink()
    courier(journal, tmp_path).deliver(taken(journal, receipt), outlet(sink))
    parcel: Delivery = sink.sent[0]

    assert [copy.recipient for copy in parcel.copies] == ["A", "B"]
    assert parcel.message.id == receipt.message_id
