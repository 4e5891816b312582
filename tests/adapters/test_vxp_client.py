"""The thirteen calls against the sandbox, and against answers no axis should give."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from adapters.http.rehearsal.orders import Mode, Order
from adapters.vxp.client import AxisClient
from adapters.vxp.sandbox import AxisSandbox
from adapters.vxp.signing import verify
from bus.clock import HandClock
from bus.errors import FailureClass, OutcomeUnknown, Refused, Rejected, Unreachable
from bus.transport.fast import FastTransport
from tests import messages
from tests.adapters.axis_partner import MINISTRY, PROVINCE, SECRETS, axis_sandbox, client_to
from tests.contracts.raw_server import RawServer, answers, body_of, claim

HERE, THERE = "000.00.05.H62", "000.00.00.G22"
BODY = messages.edoc(THERE, (HERE,))
LISTS: list[Callable[[AxisClient], object]] = [
    lambda client: client.received("edoc"),
    lambda client: client.sent("edoc", "S-1"),
    lambda client: client.agencies(),
    lambda client: client.agencies_qd20(1),
    lambda client: client.synchronised(),
]


@pytest.fixture
def sandbox() -> Iterator[AxisSandbox]:
    running = axis_sandbox(HandClock())
    running.start()
    yield running
    running.stop()


@pytest.fixture
def client(sandbox: AxisSandbox, transport: FastTransport, tmp_path: Path) -> AxisClient:
    return client_to(sandbox.url, transport, tmp_path)


@pytest.fixture
def ministry(sandbox: AxisSandbox, transport: FastTransport, tmp_path: Path) -> AxisClient:
    return client_to(sandbox.url, transport, tmp_path, system=MINISTRY)


@pytest.fixture
def answered(transport: FastTransport, tmp_path: Path) -> Iterator[Callable[..., AxisClient]]:
    """A client of a server that gives everything this one answer."""
    running: list[RawServer] = []

    def serve(body: bytes, status: str = "200 OK") -> AxisClient:
        head = f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n\r\n".encode()
        running.append(RawServer(answers(head + body)))
        return client_to(running[-1].url("/adapter"), transport, tmp_path)

    yield serve
    for server in running:
        server.stop()


def said(**members: Any) -> bytes:
    return json.dumps({"status": "OK", "ErrorCode": "0", "ErrorDesc": "", **members}).encode()


def fetched(client: AxisClient, doc_id: str, *, raw: bool = False) -> bytes:
    pieces: list[bytes] = []
    (client.download if raw else client.get)(doc_id, pieces.append)
    return b"".join(pieces)


class TestCalls:
    """Each call, as an axis in good order answers it."""

    def test_from_sending_to_done(self, client: AxisClient, ministry: AxisClient) -> None:
        """The standard loops: send, list, count, fetch in both ways, ack, and the sender's view of it."""
        doc_id = ministry.send("edoc", THERE, [HERE], claim(BODY))
        (row,) = client.received("edoc").rows
        assert (row.sender, row.recipients, row.state, row.type) == (THERE, (HERE,), "initial", "edoc")
        assert (client.count("edoc"), client.count("status")) == (1, 0)
        assert fetched(client, row.doc_id) == fetched(client, row.doc_id, raw=True) == BODY
        client.update(row.doc_id, "done")
        (sent,) = ministry.sent("edoc", doc_id).rows
        assert (sent.sender_doc_id, sent.receiver_doc_id) == (doc_id, row.doc_id)
        assert (sent.notation, sent.title) == ("15/QĐ-UBND", "V/v thử nghiệm liên thông văn bản")
        assert (sent.send_state, sent.receive_state) == ("done", "done")
        assert client.received("edoc").rows == ()

    def test_statuses_have_a_queue_of_their_own(self, client: AxisClient, ministry: AxisClient) -> None:
        """Message types are listed apart."""
        ministry.send("status", THERE, [HERE], claim(messages.status(THERE, HERE)))
        assert client.received("edoc").rows == ()
        assert [row.type for row in client.received("status").rows] == ["status"]

    def test_agencies_come_and_go(self, client: AxisClient) -> None:
        """Registered, listed in three ways, deleted, and then in the synchronised list only."""
        client.register({"code": "000.00.30.H62", "name": "Ban Dân tộc", "pcode": HERE, "mail": "bdt@example.vn"})
        (found,) = [row for row in client.agencies().rows if row.code == "000.00.30.H62"]
        assert (found.name, found.parent, found.mail) == ("Ban Dân tộc", HERE, "bdt@example.vn")
        client.delete("000.00.30.H62")
        assert "000.00.30.H62" not in [row.code for row in client.agencies_qd20().rows]
        assert [row.deleted for row in client.synchronised().rows if row.code == "000.00.30.H62"] == [True]

    @pytest.mark.parametrize("call", [lambda c: fetched(c, "X"), lambda c: c.update("X", "done")])
    def test_unknown_id_is_refused(self, client: AxisClient, call: Callable[[AxisClient], object]) -> None:
        """The axis's no with its words."""
        with pytest.raises(Refused, match="no such docId"):
            call(client)

    def test_every_call_is_signed_anew_and_ascii(self, transport: FastTransport, tmp_path: Path) -> None:
        """A fresh timestamp a call, J over all that is sent beside it, and nothing left over from other calls."""
        clock = HandClock()
        with RawServer(
            answers(b"HTTP/1.1 200 OK\r\nContent-Length: 35\r\n\r\n" + b'{"status":"OK","ErrorCode":"0"}    ')
        ) as server:
            client = client_to(server.url("/a"), transport, tmp_path, clock)
            client.update("D-1", "fail", "Không đọc được")
            clock.move(0.042)
            client.delete("H62")
        first, second = (_headers(request) for request in server.requests)
        for headers in (first, second):
            text, mac = headers["xroadvnpt-sign-header"].encode(), headers["xroadvnpt-hash-header"].encode()
            signed = verify(text, mac, lambda system: [SECRETS[system]])
            assert signed is not None
            assert signed.get("systemid") == PROVINCE
            assert {headers[f"xroadvnpt-{name}"] for name in signed.members} == set(signed.members.values())
        assert first["xroadvnpt-description"] == "Khong doc duoc"
        assert first["xroadvnpt-timestamp"][:15] == second["xroadvnpt-timestamp"][:15]
        assert first["xroadvnpt-timestamp"] != second["xroadvnpt-timestamp"]
        assert "xroadvnpt-docid" not in second
        assert [body_of(request) for request in server.requests] == [b"{}", b""]


def _headers(request: bytes) -> dict[str, str]:
    lines = request.partition(b"\r\n\r\n")[0].decode("ascii").split("\r\n")[1:]
    return {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}


class TestLists:
    """A list is believed only where there is one."""

    @pytest.mark.parametrize("call", LISTS)
    @pytest.mark.parametrize(
        "body",
        [
            b"",
            b"OK",
            b"null",
            b"[]",
            b"<html>login</html>",
            said()[:-1],
            said(),
            said(data=None),
            said(data={}),
            said(data="[]"),
            b'{"data":[]}',
            b'{"status":"OK","ErrorCode":null,"data":[]}',
            b'{"status":"OK","ErrorCode":false,"data":[]}',
            b'{"status":"FAIL","ErrorCode":"0","data":[]}',
        ],
    )
    def test_what_is_no_list_is_an_error(
        self, answered: Callable[..., AxisClient], call: Callable[[AxisClient], object], body: bytes
    ) -> None:
        """Never "nothing there": the official SDK's mistake."""
        with pytest.raises(Unreachable) as caught:
            call(answered(body))
        assert caught.value.failure is FailureClass.SERVER_FAULT
        assert not isinstance(caught.value, OutcomeUnknown)

    @pytest.mark.parametrize("mode", [Mode.NULLS, Mode.LIES])
    @pytest.mark.parametrize("call", LISTS[2:])
    def test_items_are_read_one_by_one(
        self, sandbox: AxisSandbox, client: AxisClient, call: Callable[[AxisClient], Any], mode: Mode
    ) -> None:
        """Nulls and wrong types cost what they spoil and no more."""
        well = [row.code for row in call(client).rows]
        sandbox.order(Order(mode=mode))
        listing = call(client)
        assert [row.code for row in listing.rows] == well
        assert listing.unreadable == (mode is Mode.NULLS)

    def test_types_that_lie(self, answered: Callable[..., AxisClient]) -> None:
        """Numbers for text, capitals, epochs, lists and JSON text for one code, the word null, what can be no code."""
        rows = [
            {
                "docId": 77,
                "messageType": "EDOC",
                "from": "null",
                "to": ["A", None],
                "status": "Initial",
                "created_time": 1762133400000,
            },
            {"docId": "a", "to": '["A","B"]', "created_time": "2025/11/03 08:30:00"},
            {"docId": "b", "to": "[oops", "created_time": "soon"},
            {"docId": "c", "to": ["A\0", "B" * 256, "C"]},
            {"docId": None},
            {"docId": "a b"},
            "c",
        ]
        listing = answered(said(data=rows)).received("edoc")
        assert [row.doc_id for row in listing.rows] == ["77", "a", "b", "c"]
        assert listing.unreadable == 3
        first, second, third, _ = listing.rows
        assert (first.type, first.sender, first.state) == ("edoc", "", "initial")
        assert [row.recipients for row in listing.rows] == [("A",), ("A", "B"), (), ("C",)]
        assert first.created_at == second.created_at == 1762133400_000000
        assert third.created_at is None

    def test_agency_without_a_code_is_none(self, answered: Callable[..., AxisClient]) -> None:
        """The old code comes under two names, and deleted as a word or a number."""
        rows = [{"name": "A"}, {"code": "B", "oldCode": "1"}, {"code": "C", "code102": "2", "deleted": "TRUE"}]
        listing = answered(said(data=rows)).synchronised()
        assert [(row.code, row.old_code, row.deleted) for row in listing.rows] == [("B", "1", False), ("C", "2", True)]
        assert listing.unreadable == 1


class TestDocuments:
    """A document is believed only where there is one."""

    @pytest.mark.parametrize(
        "body", [b"", b"<html>", said(), said(data=None), said(data=""), said(data=["QQ=="]), said(data="QUJD")[:-3]]
    )
    def test_no_document_is_a_fault(self, answered: Callable[..., AxisClient], body: bytes) -> None:
        """An answer without one says nothing about it, so it comes again."""
        with pytest.raises(Unreachable):
            fetched(answered(body), "X")

    def test_document_that_is_not_base64_is_rejected(self, answered: Callable[..., AxisClient]) -> None:
        """A yes with rubbish in it will be rubbish again: a person looks at it."""
        with pytest.raises(Rejected) as caught:
            fetched(answered(said(data="<edXML/>")), "X")
        assert caught.value.code == "xml.malformed"

    @pytest.mark.parametrize("data", [base64.b64encode(BODY), "Không tìm thấy văn bản".encode()])
    def test_refusal_with_data_is_a_refusal(self, answered: Callable[..., AxisClient], data: bytes) -> None:
        """The envelope decides, wherever it stands and whatever is in it."""
        body = b'{"data":"' + data + b'","status":"FAIL","ErrorCode":"18","ErrorDesc":"no"}'
        with pytest.raises(Refused):
            fetched(answered(body), "X")

    @pytest.mark.parametrize("body", [b"", b"<!DOCTYPE html><html>", b"  <HTML>", b"OK", said()])
    def test_download_of_no_document(self, answered: Callable[..., AxisClient], body: bytes) -> None:
        """The SDK saves any body as the document; here a page or an envelope is none."""
        with pytest.raises(Unreachable):
            fetched(answered(body), "X", raw=True)

    def test_download_of_a_refusal(self, answered: Callable[..., AxisClient]) -> None:
        """An envelope in the document's place is judged as one."""
        no = b'{"status":"FAIL","ErrorCode":"15","ErrorDesc":"Sai kh\xc3\xb3a"}'
        with pytest.raises(Unreachable, match="15 Sai khóa"):
            fetched(answered(no, "401 Unauthorized"), "X", raw=True)

    def test_id_that_is_no_header_is_refused_here(self, answered: Callable[..., AxisClient]) -> None:
        """An id with a line break never reaches the wire."""
        with pytest.raises(Refused) as caught:
            fetched(answered(said(data="QUJD")), "X\r\nY: z")
        assert caught.value.failure is FailureClass.CLIENT_FAULT


@pytest.mark.parametrize("given", [None, "many", -1, True, 1.5])
def test_count_that_is_none(answered: Callable[..., AxisClient], given: object) -> None:
    """A count is a whole number, as text or not."""
    with pytest.raises(Unreachable):
        answered(said(count=given)).count("edoc")
    assert answered(said(count="12")).count("edoc") == 12
