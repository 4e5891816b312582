"""Tickets of an endpoint whose calls are made side by side: the same ends as where a sink makes its calls itself."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from bus.channel import Ticket
from bus.endpoint import Answer, Delivered
from bus.endpoint_settings import Idempotency
from bus.errors import FailureClass, OutcomeUnknown, Refused, Unreachable
from bus.journal import Journal
from bus.journal.lease import LeaseRequest
from bus.journal.settle import Settlement
from bus.journal.states import State
from bus.message import CopyOut, Delivery
from bus.outlet import Outlet
from bus.transport import Request, Response
from tests.contracts.raw_server import (
    Behaviour,
    Connection,
    RawServer,
    answers,
    body_of,
    reads_and_hangs_up,
    reads_and_is_silent,
)
from tests.deliveries import ScriptedSink, Yard, outlet
from tests.journals import AXIS, PATIENCE, TERM, accept, balanced, in_file, only, state, to
from tests.messages import edoc

HERE = Delivered("r-1")


@dataclass
class ScriptedPusher(ScriptedSink):
    """Says where to push, and what an answer means: what ``means`` is or raises, and ``told`` for questions."""

    url: str = ""
    means: Any = HERE
    told_: Any = Answer.UNKNOWN
    patience: float = 0.2
    headers: dict[str, str] = field(default_factory=dict)

    def push(self, delivery: Delivery) -> Request:
        self.sent.append(delivery)
        if isinstance(self.url, Exception):
            raise self.url
        return Request("POST", self.url, self.headers, delivery.body, idle_timeout=self.patience)

    def pushed(self, _response: Response) -> Delivered:
        if isinstance(self.means, Exception):
            raise self.means
        return self.means

    def question(self, copy: CopyOut) -> Request:
        self.asked.append(copy)
        return Request("GET", self.url, idle_timeout=0.2)

    def told(self, _response: Response) -> Answer:
        if isinstance(self.told_, Exception):
            raise self.told_
        return self.told_


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    journal = in_file(tmp_path / "journal.db")
    with capture_logs():
        yield journal
    journal.close()


@pytest.fixture
def partner() -> Iterator[RawServer]:
    with RawServer(answers()) as server:
        yield server


def pushed_to(server: RawServer, **script: Any) -> tuple[ScriptedPusher, Outlet]:
    pusher = ScriptedPusher(**{"url": server.url(), **script})
    return pusher, replace(outlet(pusher, idempotency=Idempotency.ASK_FIRST), pusher=pusher)


def test_a_pushed_document_is_delivered_with_its_bytes(journal: Journal, tmp_path: Path, partner: RawServer) -> None:
    """And keeps the partner's id of it; the sink made no call itself."""
    pusher, there = pushed_to(partner)
    yard = Yard(journal, tmp_path, there)
    receipt = accept(journal)
    yard.carry_out(receipt)
    yard.workers.stop(PATIENCE)

    assert (state(journal, receipt), only(journal, receipt).remote_id) == ("delivered", "r-1")
    assert [body_of(request) for request in partner.requests] == [edoc()]
    assert pusher.sent[0].copies[0].doc_id == receipt.copies[0].doc_id
    balanced(journal)


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ({"means": Refused(FailureClass.CLIENT_FAULT)}, "dead"),
        ({"means": Unreachable(FailureClass.SERVER_FAULT)}, "waiting"),
        ({"means": ValueError("x")}, "in_doubt"),
        ({"means": None}, "in_doubt"),
        ({"url": Unreachable(FailureClass.AUTH)}, "waiting"),
        ({"url": KeyError("x")}, "in_doubt"),
        ({"url": "ftp://127.0.0.1/"}, "waiting"),
        ({"url": "http://127.0.0.1:1/"}, "waiting"),
        ({"headers": {"X-A": "a\r\nb"}}, "in_doubt"),
    ],
    ids=str,
)
def test_whatever_goes_wrong_is_an_outcome(
    journal: Journal, tmp_path: Path, partner: RawServer, script: dict[str, Any], expected: str
) -> None:
    """What the adapter did not foresee is an unknown one; and the next document goes."""
    pusher, there = pushed_to(partner, **script)
    yard = Yard(journal, tmp_path, there)
    first, second = accept(journal), accept(journal, edoc(document_id="second"))
    yard.carry_out(first)
    pusher.url, pusher.means, pusher.headers = partner.url(), HERE, {}
    yard.carry_out(second)
    yard.workers.stop(PATIENCE)

    assert (state(journal, first), state(journal, second)) == (expected, "delivered")
    balanced(journal)


@pytest.mark.parametrize("behaviour", [reads_and_hangs_up, reads_and_is_silent])
def test_a_lost_answer_is_in_doubt(journal: Journal, tmp_path: Path, behaviour: Behaviour) -> None:
    """The document may be there: it is asked about before it goes again."""
    with RawServer(behaviour) as server:
        _, there = pushed_to(server)
        yard = Yard(journal, tmp_path, there)
        receipt = accept(journal)
        yard.carry_out(receipt)
        yard.workers.stop(PATIENCE)
    assert state(journal, receipt) == "in_doubt"


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        (Answer.DELIVERED, "delivered"),
        (Answer.NOT_THERE, "queued"),
        (Answer.UNKNOWN, "in_doubt"),
        (Unreachable(FailureClass.SERVER_FAULT), "in_doubt"),
        (OutcomeUnknown(), "in_doubt"),
        (ValueError("x"), "in_doubt"),
        ("nonsense", "in_doubt"),
    ],
    ids=str,
)
def test_a_question_is_pushed_too(
    journal: Journal, tmp_path: Path, partner: RawServer, told: Any, expected: str
) -> None:
    """A copy in doubt is asked about by its own id, and the answer decides."""
    pusher, there = pushed_to(partner, told_=told)
    yard = Yard(journal, tmp_path, there)
    receipt = accept(journal)
    in_doubt(journal, receipt)
    yard.carry_out(receipt)
    yard.workers.stop(PATIENCE)

    assert state(journal, receipt) == expected
    assert [copy.doc_id for copy in pusher.asked] == [receipt.copies[0].doc_id]
    assert partner.requests[0].startswith(b"GET ")
    assert pusher.sent == []


def in_doubt(journal: Journal, receipt: Any) -> None:
    """Its last call's outcome is unknown, and it is time to ask."""
    lease = journal.lease(LeaseRequest(only(journal, receipt).delivery, TERM)).result(PATIENCE)
    assert lease
    now = journal.clock.now()
    told = Settlement(lease.copies[0].id, lease.id, State.IN_DOUBT, "lost", now, outcome="unknown")
    journal.settle(told).result(PATIENCE)


def test_copies_that_share_a_call_are_the_sinks_own(journal: Journal, tmp_path: Path, partner: RawServer) -> None:
    """A push is for one copy: a call for several is made by the sink."""
    pusher, there = pushed_to(partner)
    yard = Yard(journal, tmp_path, there)
    receipt = accept(journal, None, to("A", one_call=True), to("B", one_call=True))
    copies = journal.reads.copies(receipt.message_id)
    yard.workers.take(Ticket(AXIS, copies[0].delivery), lambda: yard._acked.put(""))
    yard.acked()
    yard.workers.stop(PATIENCE)

    assert [copy.state for copy in journal.reads.copies(receipt.message_id)] == ["delivered", "delivered"]
    assert partner.requests == []
    assert len(pusher.sent[0].copies) == 2


def test_a_push_that_hangs_is_given_up_at_the_stop(journal: Journal, tmp_path: Path) -> None:
    """It is in doubt; what was not begun is queued and made no attempt."""
    begun = threading.Event()

    def hangs(connection: Connection) -> None:
        connection.request()
        begun.set()
        connection.until_gone()

    with RawServer(hangs) as server:
        _, there = pushed_to(server, patience=PATIENCE)
        yard = Yard(journal, tmp_path, there)
        stuck, behind = accept(journal), accept(journal, edoc(document_id="behind"))
        yard.ticket(stuck)
        assert begun.wait(PATIENCE)
        yard.ticket(behind)
        accept(journal, edoc(document_id="later"))  # its commit comes after that lease
        yard.workers.stop(0.0)
        yard.acked(2)

    assert (state(journal, stuck), only(journal, stuck).reason) == ("in_doubt", "stopped")
    assert (state(journal, behind), only(journal, behind).attempts) == ("queued", 0)
    balanced(journal)
