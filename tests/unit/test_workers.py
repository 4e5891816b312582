"""A ticket's way: leased, carried out, settled, and only then let go; one endpoint's trouble is not another's."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from bus.channel import Ticket
from bus.endpoint import Delivered
from bus.errors import FailureClass, OutcomeUnknown, Refused, Unreachable
from bus.journal import Journal
from bus.journal.lease import LeaseRequest
from bus.journal.reads import Reads
from bus.journal.store import Store
from bus.message import Delivery
from tests.deliveries import Gatekeeper, ScriptedSink, Yard, delivered, outlet
from tests.journals import AXIS, PATIENCE, TERM, accept, balanced, hand, in_file, only, state, to
from tests.messages import RECIPIENT, edoc


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    journal = in_file(tmp_path / "journal.db")
    with capture_logs():
        yield journal
    journal.close()


def raising(error: Exception) -> Any:
    def act(_parcel: Delivery) -> Any:
        raise error

    return act


def documents(journal: Journal, count: int, endpoint: str = AXIS) -> list[Any]:
    return [accept(journal, edoc(document_id=f"{endpoint} {n}"), to(RECIPIENT, endpoint)) for n in range(count)]


def test_a_ticket_is_let_go_when_its_outcome_is_on_disk(journal: Journal, tmp_path: Path) -> None:
    """Leased, sent with its bytes and its id, settled."""
    sink = ScriptedSink()
    yard = Yard(journal, tmp_path, outlet(sink))
    receipt = accept(journal)
    yard.carry_out(receipt)

    assert state(journal, receipt) == "delivered"
    (parcel,) = sink.sent
    assert (parcel.copies[0].doc_id, parcel.copies[0].attempt) == (receipt.copies[0].doc_id, 1)
    assert parcel.body.open().read() == edoc()
    assert only(journal, receipt).remote_id == f"r-{receipt.copies[0].doc_id}"
    assert yard.gates.out(AXIS) == 0
    yard.workers.stop(PATIENCE)


def test_a_ticket_for_nothing_is_let_go_without_a_call(journal: Journal, tmp_path: Path) -> None:
    """The journal is the truth, a ticket a hint: one that comes twice, or for an endpoint that is gone."""
    sink = ScriptedSink()
    yard = Yard(journal, tmp_path, outlet(sink))
    receipt = accept(journal)
    yard.carry_out(receipt)
    yard.carry_out(receipt)
    yard.carry_out(accept(journal, edoc(document_id="b"), to(RECIPIENT, "gone")), endpoint="gone")

    assert len(sink.sent) == 1
    yard.workers.stop(PATIENCE)


def test_a_slow_endpoint_delays_no_other(journal: Journal, tmp_path: Path) -> None:
    """While one hangs with all its calls and a backlog behind, the other delivers."""
    slow = Gatekeeper()
    yard = Yard(journal, tmp_path, outlet(ScriptedSink(slow)), outlet(name="so-tc"))
    stuck = documents(journal, 3)
    for receipt in stuck:
        yard.ticket(receipt)
    slow.wait_for(1)
    quick = documents(journal, 3, "so-tc")
    yard.carry_out(*quick, endpoint="so-tc")

    assert {state(journal, receipt) for receipt in quick} == {"delivered"}
    assert {state(journal, receipt) for receipt in stuck} == {"sending"}
    slow.open()
    yard.acked(3)
    yard.workers.stop(PATIENCE)


def test_no_more_calls_at_once_than_allowed_and_no_fewer(journal: Journal, tmp_path: Path) -> None:
    """Concurrency counts calls on the wire."""
    calls = Gatekeeper()
    yard = Yard(journal, tmp_path, outlet(ScriptedSink(calls), concurrency=3))
    receipts = documents(journal, 6)
    for receipt in receipts:
        yard.ticket(receipt)
    calls.wait_for(3)
    calls.open()
    yard.acked(6)

    assert calls.most == 3
    yard.workers.stop(PATIENCE)


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (Unreachable(FailureClass.CONNECT), "waiting"),
        (OutcomeUnknown(), "in_doubt"),
        (Refused(FailureClass.CLIENT_FAULT), "dead"),
        (ValueError("x"), "in_doubt"),
        (KeyError(), "in_doubt"),
        (RecursionError(), "in_doubt"),
        (UnicodeDecodeError("utf-8", b"", 0, 1, "x"), "in_doubt"),
    ],
)
def test_whatever_a_sink_raises_is_an_outcome(
    journal: Journal, tmp_path: Path, error: Exception, expected: str
) -> None:
    """What it did not foresee is an unknown one; and its thread goes on to the next."""
    sink = ScriptedSink(raising(error))
    yard = Yard(journal, tmp_path, outlet(sink))
    first, second = documents(journal, 2)
    yard.carry_out(first)
    sink.act = delivered
    yard.carry_out(second)

    assert (state(journal, first), state(journal, second)) == (expected, "delivered")
    balanced(journal)
    yard.workers.stop(PATIENCE)


@pytest.mark.parametrize("answer", [None, {}, {"other": Delivered()}, 5, "text"])
def test_what_a_sink_does_not_say_is_unknown(journal: Journal, tmp_path: Path, answer: object) -> None:
    """Nothing, of another copy, or nonsense."""
    yard = Yard(journal, tmp_path, outlet(ScriptedSink(lambda _parcel: answer)))
    receipt = accept(journal)
    yard.carry_out(receipt)

    assert state(journal, receipt) == "in_doubt"
    yard.workers.stop(PATIENCE)


def test_an_outcome_that_is_none_is_unknown(journal: Journal, tmp_path: Path) -> None:
    """For the copy it stands for, and no other."""

    def act(parcel: Delivery) -> Any:
        first, second = parcel.copies
        return {first.doc_id: Delivered(), second.doc_id: "sent"}

    yard = Yard(journal, tmp_path, outlet(ScriptedSink(act)))
    receipt = accept(journal, None, to("A", one_call=True), to("B", one_call=True))
    copies = journal.reads.copies(receipt.message_id)
    let_go = threading.Event()
    yard.workers.take(Ticket(AXIS, copies[0].delivery), let_go.set)
    assert let_go.wait(PATIENCE)

    assert [copy.state for copy in journal.reads.copies(receipt.message_id)] == ["delivered", "in_doubt"]
    yard.workers.stop(PATIENCE)


def test_a_body_that_cannot_be_read_now_is_put_back(journal: Journal, tmp_path: Path) -> None:
    """Nothing was sent: no attempt, no doubt."""
    nowhere = Reads(Store(f"sqlite:///{tmp_path / 'nowhere.db'}"))
    sink = ScriptedSink()
    yard = Yard(journal, tmp_path, outlet(sink), reads=nowhere)
    receipt = accept(journal)
    yard.carry_out(receipt)

    assert (state(journal, receipt), only(journal, receipt).attempts, sink.sent) == ("queued", 0, [])
    yard.workers.stop(PATIENCE)


def test_stopping_puts_back_what_was_not_begun_and_gives_up_what_hangs(journal: Journal, tmp_path: Path) -> None:
    """One call hangs, two wait behind it: the one is in doubt, the others are queued and made no attempt."""
    hanging = Gatekeeper()
    yard = Yard(journal, tmp_path, outlet(ScriptedSink(hanging)))
    stuck, *behind = documents(journal, 3)
    yard.ticket(stuck)
    hanging.wait_for(1)
    for receipt in behind:
        yard.ticket(receipt)
        only_when_leased(journal, receipt)
    yard.workers.stop(0.0)
    yard.acked(3)

    assert [only(journal, receipt).reason for receipt in (stuck,)] == ["stopped"]
    assert [(state(journal, receipt), only(journal, receipt).attempts) for receipt in behind] == [("queued", 0)] * 2
    assert state(journal, stuck) == "in_doubt"
    balanced(journal)
    hanging.open()
    yard.acked(1)
    assert state(journal, stuck) == "delivered", "a late answer is the truth all the same"


def only_when_leased(journal: Journal, receipt: Any) -> None:
    """A further request of the committer comes after the lease that was asked for before it."""
    journal.lease(LeaseRequest("nothing", 1)).result(PATIENCE)
    assert state(journal, receipt) == "sending"


def test_stopping_waits_for_calls_that_end_in_time(journal: Journal, tmp_path: Path) -> None:
    """What is delivered while the bus stops is delivered."""
    calls = Gatekeeper()
    yard = Yard(journal, tmp_path, outlet(ScriptedSink(calls)))
    receipt = accept(journal)
    yard.ticket(receipt)
    calls.wait_for(1)
    stopping = threading.Thread(target=yard.workers.stop, args=(PATIENCE,))
    stopping.start()
    calls.open()
    stopping.join(PATIENCE)
    yard.acked()

    assert state(journal, receipt) == "delivered"


def test_a_stopped_worker_takes_no_ticket(journal: Journal, tmp_path: Path) -> None:
    """It lets it go: the journal still has it."""
    sink = ScriptedSink()
    yard = Yard(journal, tmp_path, outlet(sink))
    yard.workers.stop(0.0)
    receipt = accept(journal)
    yard.carry_out(receipt)

    assert (state(journal, receipt), sink.sent) == ("queued", [])


def test_an_endpoint_taken_out_of_the_routes_finishes_its_call(journal: Journal, tmp_path: Path) -> None:
    """The call under way ends as it ends, and stopping does not stumble over it."""
    calls = Gatekeeper()
    yard = Yard(journal, tmp_path, outlet(ScriptedSink(calls)))
    begun, waiting = documents(journal, 2)
    yard.ticket(begun)
    calls.wait_for(1)
    yard.ticket(waiting)
    only_when_leased(journal, waiting)
    yard.workers.serve({})
    calls.open()
    yard.acked(2)

    assert (state(journal, begun), state(journal, waiting)) == ("delivered", "queued")
    yard.workers.stop(PATIENCE)


def test_a_hanging_call_of_a_removed_endpoint_is_given_up_at_the_stop(journal: Journal, tmp_path: Path) -> None:
    """By the contract it was begun under."""
    calls = Gatekeeper()
    yard = Yard(journal, tmp_path, outlet(ScriptedSink(calls)))
    receipt = accept(journal)
    yard.ticket(receipt)
    calls.wait_for(1)
    yard.workers.serve({})
    yard.workers.stop(0.0)
    yard.acked()

    assert state(journal, receipt) == "in_doubt"
    calls.open()


def test_a_dead_endpoint_opens_its_breaker_and_a_probe_closes_it(journal: Journal, tmp_path: Path) -> None:
    """Five calls fail; nothing more goes; after a while one goes, and when it is answered all do."""
    sink = ScriptedSink(raising(Unreachable(FailureClass.CONNECT)))
    yard = Yard(journal, tmp_path, outlet(sink), outlet(name="so-tc"))
    yard.carry_out(*documents(journal, 5))
    assert (yard.gates.room(AXIS, 10), yard.gates.room("so-tc", 0)) == (0, 1)

    hand(journal).move(15)
    assert yard.gates.room(AXIS, 10) == 1
    sink.act = delivered
    yard.carry_out(accept(journal, edoc(document_id="probe")))
    assert yard.gates.room(AXIS, 10) == 11
    assert [condition.breaker for condition in yard.noted] == ["open", "closed"]
    yard.workers.stop(PATIENCE)


def test_a_lease_granted_without_a_ticket_is_carried_out(journal: Journal, tmp_path: Path) -> None:
    """And counts as out until it is settled."""
    calls = Gatekeeper()
    yard = Yard(journal, tmp_path, outlet(ScriptedSink(calls)))
    receipt = accept(journal)
    held = journal.lease(LeaseRequest(only(journal, receipt).delivery, TERM)).result(PATIENCE)
    assert held
    yard.workers.carry(held)
    calls.wait_for(1)
    assert yard.gates.out(AXIS) == 1
    calls.open()
    yard.workers.stop(PATIENCE)
    journal.close()

    assert (state(journal, receipt), yard.gates.out(AXIS)) == ("delivered", 0)


def test_every_finished_lease_is_told(journal: Journal, tmp_path: Path) -> None:
    """With how long the call took, for those who count."""
    yard = Yard(journal, tmp_path, outlet())
    receipt = accept(journal)
    yard.carry_out(receipt)

    lease, told = yard.told.get(timeout=PATIENCE)
    assert (lease.event.id, told.seconds, len(told.settlements)) == (receipt.message_id, 0.0, 1)
    yard.workers.stop(PATIENCE)
