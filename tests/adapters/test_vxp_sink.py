"""The axis's sink keeps the sink contract over both transports, and its own rules of sending and asking."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from adapters.http.rehearsal.orders import Mode, Order
from adapters.vxp.sandbox import AxisSandbox
from adapters.vxp.sandbox_orders import Habits
from adapters.vxp.signing import hash_file
from bus.clock import HandClock, micros
from bus.endpoint import Answer, Delivered
from bus.errors import FailureClass, OutcomeUnknown, Refused, Unreachable
from bus.message import Claim, CopyOut, Delivery, Message, ReturnAddress
from bus.transport import Transport
from bus.transport.fast import FastTransport
from bus.transport.plain import PlainTransport
from tests import messages
from tests.adapters.axis_partner import AxisPartner, Journalled, axis_sandbox, sink_to
from tests.adapters.rest_partner import nowhere
from tests.contracts.raw_server import RawServer, answers
from tests.contracts.sink import SinkContract, told

YES = b'HTTP/1.1 200 OK\r\nContent-Length: 60\r\n\r\n{"status":"OK","ErrorCode":"0","ErrorDesc":"","DocId":"S-1"}'
A, B = "000.00.07.H62", "000.00.08.H62"


@pytest.fixture(params=[FastTransport, PlainTransport], ids=["fast", "plain"])
def transport(request: pytest.FixtureRequest) -> Iterator[Transport]:
    made = request.param()
    yield made
    made.close()


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
def partner(sandbox: AxisSandbox) -> AxisPartner:
    return AxisPartner(sandbox)


@pytest.fixture
def sink(partner: AxisPartner, transport: Transport, tmp_path: Path, clock: HandClock) -> Journalled:
    return Journalled(sink_to(partner.url, transport, tmp_path, clock, list_sent="yes"), clock)


@pytest.fixture
def lost_sink(transport: Transport, tmp_path: Path, clock: HandClock) -> Journalled:
    return Journalled(sink_to(nowhere(), transport, tmp_path, clock, list_sent="yes"), clock)


class TestAxisSink(SinkContract):
    """Every rule of the contract."""


def parcel(
    *copies: CopyOut,
    body: bytes | None = None,
    notation: str = "15/QĐ-UBND",
    subject: str = "V/v thử nghiệm liên thông văn bản",
) -> Delivery:
    """A readable document on its way to these copies."""
    data = body or messages.edoc(recipients=(A, B))
    message = Message(
        "m-1", "edoc", "new", messages.SENDER, "d-1", subject, 0, ReturnAddress("vxp"), 0, notation=notation
    )
    return Delivery("axis", message, Claim(hashlib.sha256(data).hexdigest(), len(data), data), copies)


def copy(recipient: str = A, **known: object) -> CopyOut:
    return replace(CopyOut(f"doc-{recipient}", recipient, 1), **known)  # type: ignore[arg-type]


class TestSending:
    """What goes over the wire, and what the answers mean."""

    def test_one_call_names_exactly_its_recipients(
        self, partner: AxisPartner, transport: Transport, tmp_path: Path
    ) -> None:
        """Recipients of the document that are in no copy of this delivery are not sent to."""
        sink = sink_to(partner.url, transport, tmp_path)
        data = messages.edoc(recipients=(A, B, "000.00.00.G22"))
        outcome = sink.send(parcel(copy(A), copy(B), body=data))
        rows = partner.copies()
        assert [row["recipient"] for row in rows] == [A, B]
        assert outcome == {f"doc-{code}": Delivered(rows[0]["sender_doc_id"]) for code in (A, B)}

    def test_request_is_the_sdks(self, transport: Transport, tmp_path: Path) -> None:
        """Octets and one CRLF, a hash without it, recipients as JSON text, everything signed and ASCII."""
        with RawServer(answers(YES)) as server:
            sink_to(server.url("/adapter/"), transport, tmp_path).send(parcel(copy("Đ.01"), body=b"<edXML/>\r\n"))
        head, _, body = server.requests[0].partition(b"\r\n\r\n")
        lines = head.decode("ascii").split("\r\n")
        signed = json.loads(next(line for line in lines if line.startswith("XroadVnpt-sign-header:")).partition(" ")[2])
        assert lines[0] == "POST /adapter/sendEdoc HTTP/1.1"
        assert body == b"<edXML/>\r\n\r\n"
        assert signed["XroadVnpt-hash-file"] == hash_file(hashlib.sha256(b"<edXML/>\r\n").hexdigest())
        assert json.loads(signed["XroadVnpt-to"]) == ["Đ.01"]
        assert {"Content-Type: application/octet-stream", "Content-Length: 12"} <= set(lines)

    def test_sender_that_is_no_header_is_refused_before_sending(self, transport: Transport, tmp_path: Path) -> None:
        """A code is the sender's text: one that cannot stand in a header never will."""
        with RawServer(answers(YES)) as server:
            sink = sink_to(server.url(), transport, tmp_path)
            bad = replace(parcel(copy()).message, sender="H62\r\nX: y")
            with pytest.raises(Refused) as caught:
                sink.send(replace(parcel(copy()), message=bad))
        assert caught.value.failure is FailureClass.CLIENT_FAULT
        assert server.requests == []

    def test_missing_secret_keeps_the_document_waiting(self, transport: Transport, tmp_path: Path) -> None:
        """A secret that cannot be read is our trouble: nothing is sent, and it is tried again."""
        with RawServer(answers(YES)) as server:
            sink = sink_to(server.url(), transport, tmp_path, secret="file:gone")
            with pytest.raises(Unreachable) as caught:
                sink.send(parcel(copy()))
        assert caught.value.failure is FailureClass.AUTH
        assert server.requests == []

    def test_observer_sends_nothing(self, partner: AxisPartner, transport: Transport, tmp_path: Path) -> None:
        """``mode: observe`` lets nothing out, and loses nothing."""
        with pytest.raises(Unreachable):
            sink_to(partner.url, transport, tmp_path, mode="observe").send(parcel(copy()))
        assert partner.copies() == []

    @pytest.mark.parametrize("mode", [Mode.EMPTY, Mode.HTML, Mode.FAULT, Mode.LOST])
    def test_answer_that_says_nothing_is_unknown(
        self, sandbox: AxisSandbox, transport: Transport, tmp_path: Path, mode: Mode
    ) -> None:
        """The axis has the document, and what came back is no envelope: nothing is claimed."""
        sandbox.order(Order(mode=mode))
        with pytest.raises(OutcomeUnknown):
            sink_to(sandbox.url, transport, tmp_path).send(parcel(copy()))

    def test_success_with_lying_types(self, sandbox: AxisSandbox, transport: Transport, tmp_path: Path) -> None:
        """ErrorCode as a number and a status in other letters are a success all the same."""
        sandbox.order(Order(mode=Mode.LIES))
        outcome = sink_to(sandbox.url, transport, tmp_path).send(parcel(copy()))
        assert outcome == {f"doc-{A}": Delivered("VXP-S-1")}

    @pytest.mark.parametrize(
        ("order", "failure"),
        [
            (Order(mode=Mode.REFUSE, status=403, code="18"), FailureClass.AUTH),
            (Order(mode=Mode.REFUSE, code="18"), FailureClass.BUSINESS_REJECT),
            (Order(mode=Mode.REFUSE, code="22"), FailureClass.SCHEMA),
            (Order(mode=Mode.REFUSE, code="E-77"), FailureClass.BUSINESS_REJECT),
        ],
    )
    def test_refusals_have_a_class(
        self, sandbox: AxisSandbox, transport: Transport, tmp_path: Path, order: Order, failure: FailureClass
    ) -> None:
        """A no is final, and its class comes from status and code."""
        sandbox.order(order)
        with pytest.raises(Refused) as caught:
            sink_to(sandbox.url, transport, tmp_path).send(parcel(copy()))
        assert caught.value.failure is failure

    def test_wrong_secret_keeps_the_document_waiting(
        self, sandbox: AxisSandbox, transport: Transport, tmp_path: Path
    ) -> None:
        """No document is at fault for a secret that is being changed, or an axis that knows nobody while it starts."""
        sink = sink_to(sandbox.url, transport, tmp_path)
        (tmp_path / "secrets" / "00.19.H62").write_bytes(b"guessed")
        with pytest.raises(Unreachable) as caught:
            sink.send(parcel(copy()))
        assert caught.value.failure is FailureClass.AUTH


class TestAsking:
    """After a lost answer: delivered, not there, or for an operator."""

    def test_known_id_is_asked_for(self, sandbox: AxisSandbox, transport: Transport, tmp_path: Path) -> None:
        """With a DocId the answer is certain, whatever ``list_sent`` says."""
        sandbox.form(Habits(lists_sent=False))
        sink = sink_to(sandbox.url, transport, tmp_path)
        sink.send(parcel(copy()))
        assert told(sink.ask(parcel(copy()), copy(remote_id="VXP-S-1"))) is Answer.DELIVERED
        assert sink.ask(parcel(copy()), copy(remote_id="VXP-S-9")) is Answer.NOT_THERE

    def test_nothing_is_guessed_where_lists_are_unknown(
        self, sandbox: AxisSandbox, transport: Transport, tmp_path: Path, clock: HandClock
    ) -> None:
        """Without a DocId the axis is asked only where it is known to list all; and only from a known moment."""
        began = clock.now()
        sink_to(sandbox.url, transport, tmp_path, clock).send(parcel(copy()))
        unknown = sink_to(sandbox.url, transport, tmp_path, clock)
        listing = sink_to(sandbox.url, transport, tmp_path, clock, list_sent="yes")
        assert unknown.ask(parcel(copy()), copy(sent_at=began)) is Answer.UNKNOWN
        assert listing.ask(parcel(copy()), copy()) is Answer.UNKNOWN
        assert told(listing.ask(parcel(copy()), copy(sent_at=began))) is Answer.DELIVERED

    def test_id_is_found_again(
        self, sandbox: AxisSandbox, transport: Transport, tmp_path: Path, clock: HandClock
    ) -> None:
        """A row that is certainly ours gives the DocId that was lost."""
        sandbox.order(Order(mode=Mode.LOST, times=1))
        sink = sink_to(sandbox.url, transport, tmp_path, clock, list_sent="yes")
        with pytest.raises(OutcomeUnknown):
            sink.send(parcel(copy(A), copy(B)))
        found = sink.ask(parcel(copy(A), copy(B)), copy(B, sent_at=clock.now()))
        assert isinstance(found, Delivered)
        assert found.remote_id == "VXP-S-1"

    def test_row_of_another_copy_is_not_ours(
        self, sandbox: AxisSandbox, transport: Transport, tmp_path: Path, clock: HandClock
    ) -> None:
        """The same document sent twice on purpose: a row that a copy has claimed proves nothing about the other."""
        claims = {"VXP-S-1": (CopyOut("doc-first", A, 1),)}
        sink = sink_to(sandbox.url, transport, tmp_path, clock, lambda id_: claims.get(id_, ()), list_sent="yes")
        sink.send(parcel(copy()))
        assert sink.ask(parcel(copy()), copy(sent_at=clock.now())) is Answer.NOT_THERE

    def test_claim_of_another_recipient_does_not_count(
        self, sandbox: AxisSandbox, transport: Transport, tmp_path: Path, clock: HandClock
    ) -> None:
        """One DocId serves all recipients of a call: the others' claims leave our row to us."""
        sink = sink_to(sandbox.url, transport, tmp_path, clock, lambda _id: (copy(B),), list_sent="yes")
        sink.send(parcel(copy(A), copy(B)))
        assert told(sink.ask(parcel(copy(A)), copy(A, sent_at=clock.now()))) is Answer.DELIVERED

    def test_old_row_is_another_sending(
        self, sandbox: AxisSandbox, transport: Transport, tmp_path: Path, clock: HandClock
    ) -> None:
        """What was sent long before the call in question began is not its outcome."""
        sink = sink_to(sandbox.url, transport, tmp_path, clock, list_sent="yes", skew="1m")
        sink.send(parcel(copy()))
        clock.move(3600)
        assert sink.ask(parcel(copy()), copy(sent_at=clock.now())) is Answer.NOT_THERE
        assert told(sink.ask(parcel(copy()), copy(sent_at=clock.now() - micros(3590)))) is Answer.DELIVERED

    @pytest.mark.parametrize("mode", [Mode.EMPTY, Mode.HTML, Mode.FAULT, Mode.BUSY])
    def test_no_list_is_no_answer(
        self, sandbox: AxisSandbox, transport: Transport, tmp_path: Path, clock: HandClock, mode: Mode
    ) -> None:
        """An empty answer is not an empty list: the question is put again."""
        sandbox.order(Order(mode=mode))
        sink = sink_to(sandbox.url, transport, tmp_path, clock, list_sent="yes")
        with pytest.raises(Unreachable):
            sink.ask(parcel(copy()), copy(sent_at=clock.now()))

    def test_list_with_holes_denies_nothing(
        self, sandbox: AxisSandbox, transport: Transport, tmp_path: Path, clock: HandClock
    ) -> None:
        """A null in the list may have been the row that is looked for."""
        sandbox.order(Order(mode=Mode.NULLS))
        sink = sink_to(sandbox.url, transport, tmp_path, clock, list_sent="yes")
        assert sink.ask(parcel(copy()), copy(sent_at=clock.now())) is Answer.UNKNOWN

    def test_denied_question_is_raised(
        self, sandbox: AxisSandbox, transport: Transport, tmp_path: Path, clock: HandClock
    ) -> None:
        """Wrong credentials are no answer about the document."""
        sandbox.order(Order(mode=Mode.DENY))
        sink = sink_to(sandbox.url, transport, tmp_path, clock, list_sent="yes")
        with pytest.raises(Unreachable):
            sink.ask(parcel(copy()), copy(sent_at=clock.now()))
