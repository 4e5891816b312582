"""The axis's source keeps the source contract, and the axis's own rules of what is taken and what is told."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from adapters.http.rehearsal.orders import Mode, Order
from adapters.vxp.client import AxisClient
from adapters.vxp.sandbox import AxisSandbox
from adapters.vxp.sandbox_orders import Habits
from adapters.vxp.source import AxisSource, build_source
from bus.clock import HandClock, iso
from bus.errors import FailureClass, Rejected, Unreachable
from bus.message import Claim, RemoteId
from bus.transport.fast import FastTransport
from tests import messages
from tests.adapters.axis_partner import MINISTRY, axis_sandbox, client_to, settings, source_to, tools
from tests.adapters.rest_partner import nowhere
from tests.contracts.raw_server import claim
from tests.contracts.sink import digest
from tests.contracts.source import HERE, RECEIPT, THERE, SourceContract, bodies, body_of, document, report, the_one


class Ministry:
    """The other side of the axis, which sends to us by the axis's own calls."""

    def __init__(self, sandbox: AxisSandbox, client: AxisClient, clock: HandClock) -> None:
        self._sandbox = sandbox
        self._client = client
        self._clock = clock

    def offer(self, body: bytes, type_: str = "edoc") -> None:
        self._client.send(type_, THERE, (HERE,), claim(body))
        self._clock.move(1)

    def misbehave(self, how: str) -> None:
        self._sandbox.order(Order(mode=Mode(how)))

    def states(self) -> Sequence[tuple[str, str]]:
        words = {"initial": "open", "processing": "open", "done": "done", "fail": "fail"}
        return [(words[copy["state"]], copy["description"]) for copy in self.copies()]

    def copies(self) -> Sequence[Mapping[str, Any]]:
        found: Sequence[Mapping[str, Any]] = self._sandbox.account()["copies"]  # type: ignore[assignment]
        return found


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def sandbox(clock: HandClock) -> Iterator[AxisSandbox]:
    running = axis_sandbox(clock)
    running.start()
    yield running
    running.stop()


@pytest.fixture
def far(sandbox: AxisSandbox, transport: FastTransport, tmp_path: Path, clock: HandClock) -> Ministry:
    return Ministry(sandbox, client_to(sandbox.url, transport, tmp_path, clock, MINISTRY), clock)


@pytest.fixture
def source(sandbox: AxisSandbox, transport: FastTransport, tmp_path: Path) -> AxisSource:
    return source_to(sandbox.url, transport, tmp_path)


@pytest.fixture
def lost_source(transport: FastTransport, tmp_path: Path) -> AxisSource:
    return source_to(nowhere(), transport, tmp_path)


class TestAxisSource(SourceContract):
    """Every rule of the contract."""


def test_key_is_endpoint_type_and_id(source: AxisSource, far: Ministry) -> None:
    """The key of semantics 1, which an item has before it is fetched."""
    far.offer(document(1))
    item = next(source.poll())
    assert (item.type, item.remote_id) == ("edoc", "VXP-R-2")
    assert item.inbound().remote == RemoteId("axis", "edoc", "VXP-R-2")


def test_statuses_are_listed_after_documents_are_worked_off(source: AxisSource, far: Ministry) -> None:
    """A status that comes while documents are fetched is not missed; its document is there by then."""
    far.offer(document(1))
    found = []
    for item in source.poll():
        if not found:
            far.offer(report(1), "status")
        found.append(item.type)
    assert found == ["edoc", "status"]


def test_list_that_lies_about_the_type(source: AxisSource, far: Ministry) -> None:
    """What a thing is stands in it; the key stays that of the list, so that a repeat is known."""
    far.offer(document(1), "status")
    inbound = the_one(source).inbound()
    assert (inbound.content.type, inbound.remote) == ("edoc", RemoteId("axis", "status", "VXP-R-2"))


def test_observer_tells_nothing(sandbox: AxisSandbox, far: Ministry, transport: FastTransport, tmp_path: Path) -> None:
    """``mode: observe`` lists and fetches; at the axis nothing changes."""
    far.offer(document(1))
    item = the_one(source_to(sandbox.url, transport, tmp_path, mode="observe", processing=True))
    assert body_of(item.inbound()) == document(1)
    item.settle(RECEIPT)
    item.settle(Rejected("xml.malformed"))
    assert [copy["state"] for copy in far.copies()] == ["initial"]


def test_processing_is_told_before_the_fetch_where_wanted(
    sandbox: AxisSandbox, far: Ministry, transport: FastTransport, tmp_path: Path
) -> None:
    """A courtesy that is off by default, and that no failure of it turns into a failed fetch."""
    far.offer(document(1))
    told = source_to(sandbox.url, transport, tmp_path, processing=True)
    sandbox.order(Order(mode=Mode.FAULT, call="updateStatus"))
    assert bodies(told) == [document(1)]
    sandbox.order(Order())
    assert bodies(told) == [document(1)]
    assert [copy["state"] for copy in far.copies()] == ["processing"]


def test_items_before_live_from_are_left_alone(
    sandbox: AxisSandbox, far: Ministry, transport: FastTransport, tmp_path: Path, clock: HandClock
) -> None:
    """What came before is another system's to fetch and ack."""
    far.offer(document(1))
    clock.move(60)
    source = source_to(sandbox.url, transport, tmp_path, live_from=iso(clock.now()))
    far.offer(document(2))
    assert bodies(source) == [document(2)]


def test_refused_fetch_and_ack_come_again(sandbox: AxisSandbox, source: AxisSource, far: Ministry) -> None:
    """A no of the axis to a fetch or an ack settles nothing here."""
    far.offer(document(1))
    item = the_one(source)
    sandbox.order(Order(mode=Mode.REFUSE, code="404"))
    with pytest.raises(Unreachable) as fetched:
        item.inbound()
    with pytest.raises(Unreachable):
        item.settle(RECEIPT)
    with pytest.raises(Unreachable):
        list(source.poll())
    assert fetched.value.failure is FailureClass.BUSINESS_REJECT


def test_unreadable_keeps_its_bytes_for_the_quarantine(source: AxisSource, far: Ministry) -> None:
    """The refusal carries the claim on the raw bytes, whole."""
    bad = b"<edXML></wrong>" + b"x" * 5000
    far.offer(bad)
    with pytest.raises(Rejected) as caught:
        the_one(source).inbound()
    kept = caught.value.details["claim"]
    assert isinstance(kept, Claim)
    assert (kept.sha256, kept.size) == (digest(bad), len(bad))


def test_too_large_is_rejected(sandbox: AxisSandbox, far: Ministry, transport: FastTransport, tmp_path: Path) -> None:
    """Beyond ``max_bytes`` a document is not taken in, and nothing of it stays on disk."""
    far.offer(messages.edoc(THERE, (HERE,), attachments=(("a.pdf", bytes(8000)),)))
    with pytest.raises(Rejected) as caught:
        the_one(source_to(sandbox.url, transport, tmp_path, max_bytes="4KB")).inbound()
    assert caught.value.code == "body.too_large"
    assert list((tmp_path / "spool").iterdir()) == []


def test_hop_of_the_axis_is_another_body_and_the_same_content(
    sandbox: AxisSandbox, source: AxisSource, far: Ministry
) -> None:
    """A TraceHeader the axis adds arrives as it was handed out; the content digest does not see it."""
    sandbox.form(Habits(hops=True))
    far.offer(document(1))
    inbound = the_one(source).inbound()
    assert b"001.00.20.TT2" in body_of(inbound)
    assert inbound.content.digest == messages.read(document(1)).digest


def test_own_document_handed_back_is_an_item_like_any(
    sandbox: AxisSandbox, source: AxisSource, transport: FastTransport, tmp_path: Path
) -> None:
    """The axis may echo; that it is ours is for the bus to see, by sender and event."""
    sandbox.form(Habits(echo=True))
    own = messages.edoc(HERE, (THERE,))
    client_to(sandbox.url, transport, tmp_path).send("edoc", HERE, (THERE,), claim(own))
    inbound = the_one(source).inbound()
    assert (inbound.content.sender, inbound.recipients, body_of(inbound)) == (HERE, (HERE,), own)


def test_repeated_copy_has_another_id(sandbox: AxisSandbox, source: AxisSource, far: Ministry) -> None:
    """A copy the axis hands out again is another call about the same event."""
    sandbox.form(Habits(repeats=True))
    far.offer(document(1))
    first = the_one(source)
    first.settle(RECEIPT)
    again = the_one(source)
    assert first.inbound().content == again.inbound().content
    assert first.inbound().remote != again.inbound().remote


def test_own_agencies_stand_in_for_a_recipient_the_axis_does_not_name(
    sandbox: AxisSandbox, far: Ministry, transport: FastTransport, tmp_path: Path
) -> None:
    """Without ``to`` in the list, of the document's recipients only ours are meant; all where none is known as ours."""
    far.offer(messages.edoc(THERE, ("000.00.00.G09", HERE)))
    sandbox.order(Order(mode=Mode.NULLS))
    ours = source_to(sandbox.url, transport, tmp_path, own=[HERE])
    nobodys = source_to(sandbox.url, transport, tmp_path)
    assert the_one(ours).inbound().recipients == (HERE,)
    assert the_one(nobodys).inbound().recipients == ("000.00.00.G09", HERE)


def test_reason_is_told_without_accents(source: AxisSource, far: Ministry) -> None:
    """Headers of the axis are ASCII."""
    far.offer(document(1))
    the_one(source).settle(Rejected("xml.malformed", "thẻ không đóng"))
    assert far.states() == [("fail", "xml.malformed: the khong dong")]


def test_what_is_polled_keeps_to_the_rate(
    sandbox: AxisSandbox, far: Ministry, transport: FastTransport, tmp_path: Path, clock: HandClock
) -> None:
    """Every call of a round waits for the endpoint's share of its rate: a list of each type, a fetch and an ack."""
    waited: list[str] = []
    far.offer(document(1))

    for item in build_source("axis", settings(sandbox.url), tools(transport, tmp_path, clock, waited=waited)).poll():
        item.inbound()
        item.settle(RECEIPT)
    assert waited == ["axis"] * 4
