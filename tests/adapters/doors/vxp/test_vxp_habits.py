"""What the official SDK does on the wire, and the axis's face must bear."""

from __future__ import annotations

import pytest

from tests import messages
from tests.adapters.vxp_driver import VxpDriver, said
from tests.asgi import Client
from tests.contracts.face import NOI_VU
from tests.fake_desk import FakeDesk


def test_an_endpoint_with_a_final_slash(client: Client) -> None:
    """``/vxp//sendEdoc`` is answered where it was asked, not redirected."""
    driver = VxpDriver(client, NOI_VU, base="/vxp//")

    assert driver.send(messages.edoc()).code == ""


def test_headers_left_over_from_a_send_disturb_nothing(noi_vu: VxpDriver, tai_chinh: VxpDriver) -> None:
    """hash-file, from, to, status and filePath stick to the SDK's object and travel with every later call."""
    noi_vu.send(messages.edoc())
    sticky = {"hash_file": "deadbeef", "from": "000.00.99.H62", "to": "[1", "filePath": "/x", "messagetype": "edoc"}

    (row,) = tai_chinh.call("getReceivedEdocList", **sticky).json()["data"]
    assert tai_chinh.call("getEdoc", b"{}", docId=row["docId"], status="done", **sticky).status == 200
    assert tai_chinh.call("updateStatus", b"{}", docId=row["docId"], status="done", **sticky).status == 200


@pytest.mark.parametrize("name", ["getAgenciesList", "getAgenciesListQD20", "getSynchronizeUnit"])
def test_empty_forms_that_claim_to_be_json(noi_vu: VxpDriver, name: str) -> None:
    """Zero bytes with ``Content-Type: application/json`` are not parsed."""
    assert said(noi_vu.call(name)).code == ""


def test_repeated_reads_carry_the_same_signature(tai_chinh: VxpDriver) -> None:
    """One timestamp per service object: a repeated signature refuses no read."""
    first, second = (tai_chinh.call("countReceiveEdoc", b"{}") for _ in range(2))

    assert first == second
    assert first.status == 200


def test_two_doc_id_headers_of_one_name(client: Client, noi_vu: VxpDriver, tai_chinh: VxpDriver) -> None:
    """The names docId and docid arrive as one name twice; what was signed counts."""
    noi_vu.send(messages.edoc())
    (item,) = tai_chinh.listed()
    signed = tai_chinh.headers(docId=item.doc_id, docid=item.doc_id, status="done")
    raw = [(name.lower().encode(), value.encode()) for name, value in signed.items()]
    raw.append((b"xroadvnpt-docid", b"something else"))

    assert said(client.call("POST", "/vxp/updateStatus", raw, b"{}")).code == ""


def test_latin1_header_bytes(client: Client, noi_vu: VxpDriver, tai_chinh: VxpDriver, desk: FakeDesk) -> None:
    """One HTTP client sends é as one byte while it signed UTF-8."""
    noi_vu.send(messages.edoc())
    (item,) = tai_chinh.listed()
    signed = tai_chinh.headers(docId=item.doc_id, status="fail", description="déjà vu")
    raw = [(name.lower().encode(), value.encode("latin-1")) for name, value in signed.items()]

    assert said(client.call("POST", "/vxp/updateStatus", raw, b"{}")).code == ""
    assert desk.mailbox.copies[item.doc_id].reason == "déjà vu"


def test_letters_lost_on_the_way_are_refused_in_the_envelope(client: Client, tai_chinh: VxpDriver) -> None:
    """Question marks for letters are a wrong signature, never a fault of ours."""
    signed = tai_chinh.headers(docId="x", status="fail", description="Đã nhận")
    raw = [(name.lower().encode(), value.encode("ascii", "replace")) for name, value in signed.items()]

    assert said(client.call("POST", "/vxp/updateStatus", raw, b"{}")).code == "auth.signature"


def test_answers_are_ascii(noi_vu: VxpDriver, tai_chinh: VxpDriver) -> None:
    """The SDK reads some answers as US-ASCII."""
    noi_vu.send(messages.edoc())
    replies = [
        noi_vu.call("getSentEdocList", messagetype="edoc"),
        tai_chinh.call("getReceivedEdocList", messagetype="edoc"),
        tai_chinh.call("getEdoc", docId="x"),
    ]

    assert all(reply.body.isascii() for reply in replies)
