"""getEdoc, downloadEdoc, the mailbox and the outbox at the axis's face."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta

import pytest

from adapters.http.outflow import PIECE
from tests import messages
from tests.adapters.vxp_driver import VxpDriver, said
from tests.asgi import Client
from tests.contracts.face import NOI_VU, TAI_CHINH
from tests.fake_desk import FakeDesk


def test_a_large_document_leaves_in_pieces(noi_vu: VxpDriver, tai_chinh: VxpDriver) -> None:
    """Base64 in JSON is streamed with its length announced, never built whole."""
    body = messages.edoc(attachments=[("a.bin", random.Random(1).randbytes(2 * PIECE))])
    noi_vu.send(body)
    (item,) = tai_chinh.listed()

    reply = tai_chinh.call("getEdoc", b"{}", docId=item.doc_id)
    assert reply.pieces > 3
    assert int(reply.headers["content-length"]) == len(reply.body)
    assert tai_chinh.fetch(item.doc_id).body == body


def test_download_gives_the_bare_bytes(noi_vu: VxpDriver, tai_chinh: VxpDriver) -> None:
    """downloadEdoc is a GET whose answer is the file."""
    noi_vu.send(messages.edoc())
    reply = tai_chinh.call("downloadEdoc", method="GET", docId=tai_chinh.listed()[0].doc_id)

    assert (reply.status, reply.body) == (200, messages.edoc())
    assert reply.headers["content-length"] == str(len(messages.edoc()))


def test_a_refused_download_is_empty(tai_chinh: VxpDriver, client: Client) -> None:
    """The SDK saves any body as the document: a refusal has none, its code is in a header."""
    unknown = tai_chinh.call("downloadEdoc", method="GET", docId="no-such-id")
    stranger = client.call("GET", "/vxp/downloadEdoc")

    assert (unknown.status, unknown.body, unknown.headers["x-bus-code"]) == (404, b"", "not_found")
    assert (stranger.status, stranger.body, stranger.headers["x-bus-code"]) == (401, b"", "auth.signature")


@pytest.mark.parametrize("name", ["getEdoc", "downloadEdoc"])
def test_a_body_that_was_removed_is_not_found(
    noi_vu: VxpDriver, tai_chinh: VxpDriver, desk: FakeDesk, name: str
) -> None:
    """After its time of keeping a body is gone, and that is said."""
    noi_vu.send(messages.edoc())
    (copy,) = desk.mailbox.copies.values()
    copy.claim = replace(copy.claim, data=None)

    assert tai_chinh.call(name, docId=copy.doc_id).status == 404


def test_a_refused_fetch_has_the_members_the_sdk_reads(tai_chinh: VxpDriver) -> None:
    """Status exactly FAIL and an empty data."""
    envelope = tai_chinh.call("getEdoc", b"{}", docId="no-such-id").json()

    assert (envelope["status"], envelope["ErrorCode"], envelope["data"]) == ("FAIL", "not_found", "")


def test_a_row_of_the_list(noi_vu: VxpDriver, tai_chinh: VxpDriver, desk: FakeDesk) -> None:
    """Every member the SDK reads, none of them null, times local."""
    noi_vu.send(messages.edoc())
    (row,) = tai_chinh.call("getReceivedEdocList", messagetype="edoc").json()["data"]

    (copy,) = desk.mailbox.copies.values()
    assert row == {
        "docId": copy.doc_id,
        "serviceType": "eDoc",
        "messageType": "edoc",
        "created_time": "21/09/2026 21:13:20",
        "updated_time": "21/09/2026 21:13:20",
        "from": NOI_VU.agency,
        "to": TAI_CHINH.agency,
        "status": "initial",
        "status_desc": "Chưa xử lý",
    }


def test_the_list_between_two_dates(noi_vu: VxpDriver, tai_chinh: VxpDriver, desk: FakeDesk) -> None:
    """fromDate and toDate bound the time of acceptance, both inclusive."""
    for name in ("a", "b", "c"):
        noi_vu.send(messages.edoc(document_id=name))
        desk.clock.move(timedelta(minutes=1))
    window = {"fromDate": "21/09/2026 21:14:20", "toDate": "21/09/2026 21:14:20"}

    (row,) = tai_chinh.call("getReceivedEdocList", messagetype="edoc", **window).json()["data"]
    assert row["created_time"] == "21/09/2026 21:14:20"


@pytest.mark.parametrize("logical", [{}, {"messagetype": "x"}, {"messagetype": "edoc", "fromDate": "2026-03-02"}])
def test_a_list_with_wrong_headers_is_refused(tai_chinh: VxpDriver, logical: dict[str, str]) -> None:
    """An empty list would hide the mistake."""
    envelope = tai_chinh.call("getReceivedEdocList", **logical).json()

    assert (envelope["ErrorCode"], envelope["data"]) == ("request.invalid", [])


@pytest.mark.parametrize(("name", "type_"), [("countReceiveEdoc", "edoc"), ("countReceiveStatus", "status")])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_the_counts(noi_vu: VxpDriver, tai_chinh: VxpDriver, name: str, type_: str, method: str) -> None:
    """Each counts its own type; the SDK calls it GET and posts."""
    noi_vu.send(messages.edoc())

    assert tai_chinh.call(name, method=method).json()["count"] == (1 if type_ == "edoc" else 0)


@pytest.mark.parametrize("status", ["done", "DONE", "Done"])
def test_status_words_in_any_case(noi_vu: VxpDriver, tai_chinh: VxpDriver, status: str) -> None:
    """Software in the field writes them both ways; docid alone will do."""
    noi_vu.send(messages.edoc())
    (item,) = tai_chinh.listed()

    assert said(tai_chinh.call("updateStatus", b"{}", docid=item.doc_id, status=status)).code == ""
    assert tai_chinh.listed() == []


@pytest.mark.parametrize("logical", [{"docId": "x", "status": "finished"}, {"docId": "x"}, {"status": "done"}])
def test_an_ack_with_wrong_headers_is_refused(tai_chinh: VxpDriver, logical: dict[str, str]) -> None:
    """A word that means nothing settles nothing."""
    assert said(tai_chinh.call("updateStatus", b"{}", **logical)).code == "request.invalid"


def test_a_row_of_the_outbox(noi_vu: VxpDriver, desk: FakeDesk) -> None:
    """A row per recipient, with the id the sender was given and the recipient's own."""
    noi_vu.send(messages.edoc())
    (row,) = noi_vu.call("getSentEdocList", servicetype="eDoc", messagetype="edoc").json()["data"]

    (copy,) = desk.mailbox.copies.values()
    assert (row["senderDocId"], row["receiverDocId"]) == (copy.message_id, copy.doc_id)
    assert (row["fromCode"], row["toCode"]) == (NOI_VU.agency, TAI_CHINH.agency)
    assert (row["sendStatus"], row["receiveStatus"], row["receivedTime"]) == ("done", "initial", "")
    assert row["title"] == "V/v thử nghiệm liên thông văn bản"
    assert None not in row.values()


def test_what_failed_on_the_way_says_why(noi_vu: VxpDriver, desk: FakeDesk) -> None:
    """The sender reads the reason in both descriptions."""
    noi_vu.send(messages.edoc())
    (copy,) = desk.mailbox.copies.values()
    copy.state, copy.reason = "dead", "hết thời hạn gửi lại"

    (row,) = noi_vu.call("getSentEdocList", messagetype="edoc").json()["data"]
    assert (row["sendStatus"], row["receiveStatus"]) == ("fail", "fail")
    assert row["sendStatusDesc"].endswith("hết thời hạn gửi lại")
    assert row["receiveStatusDesc"].endswith("hết thời hạn gửi lại")
