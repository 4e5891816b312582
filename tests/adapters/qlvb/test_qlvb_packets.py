"""Packets of a document-management system become messages, whatever is missing or odd in them."""

from __future__ import annotations

import hashlib
import io
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from adapters.http.rehearsal import Rehearsal
from adapters.http.rehearsal.orders import Mode, Order
from adapters.qlvb.composing import message
from adapters.qlvb.packet import packet as packet_of
from adapters.qlvb.sandbox import DocumentSystem
from adapters.qlvb.settings import PacketSettings
from bus.errors import Rejected, Unreachable
from bus.message import Claim
from schemas.content import Invalid
from schemas.edxml.writer import write
from tests.adapters.qlvb_partner import PDF, UNIT, Office, bytes_of, hidden, offered, states
from tests.contracts.raw_server import RawServer, answers
from tests.contracts.source import RECEIPT


def test_a_packet_is_a_document(system: Rehearsal[DocumentSystem], office: Office) -> None:
    """Fields in the words of the standard, and the file as it was."""
    id_ = offered(system)
    (item,) = office.items()
    inbound = item.inbound()
    said = inbound.content
    assert (said.type, said.sender, said.document_id, said.subject) == ("edoc", UNIT, id_, "V/v cấp phép")
    assert inbound.recipients == ("000.00.00.H62",)
    assert inbound.remote.id == id_
    assert [one.sha256 for one in said.attachments] == [hashlib.sha256(PDF).hexdigest()]
    assert {("CodeNumber", "12"), ("CodeNotation", "QĐ-SNV"), ("PromulgationDate", "2025/01/20")} <= set(said.header)


def test_what_became_of_it_is_told(system: Rehearsal[DocumentSystem], office: Office) -> None:
    """03 after it was accepted, 04 where it was refused; then it is in the list no more."""
    offered(system)
    offered(system)
    good, bad = office.items()
    good.settle(RECEIPT)
    bad.settle(Rejected("edxml.missing", "x"))
    assert states(system) == ["done", "fail"]
    assert office.items() == []


def test_an_observer_tells_nothing(system: Rehearsal[DocumentSystem], office: Office) -> None:
    """``mode: observe`` looks and fetches."""
    offered(system)
    (item,) = office.items(mode="observe")
    item.settle(RECEIPT)
    assert states(system) == ["initial"]


@pytest.mark.parametrize("mode", [Mode.DENY, Mode.REFUSE, Mode.FAULT])
@pytest.mark.parametrize("call", ["list", "get", "ack"])
def test_what_goes_wrong_comes_again(system: Rehearsal[DocumentSystem], office: Office, mode: Mode, call: str) -> None:
    """No answer, or one that says nothing, settles nothing; a packet that was not had whole is put back (01)."""
    offered(system)
    (item,) = office.items()
    system.order(Order(mode=mode, call=call))
    with pytest.raises(Unreachable):
        {"list": office.items, "get": item.inbound, "ack": lambda: item.settle(RECEIPT)}[call]()
    system.order(Order())
    assert item.inbound()
    item.settle(RECEIPT)
    assert states(system) == ["done"]


def test_lists_that_are_wrapped(system: Rehearsal[DocumentSystem], office: Office) -> None:
    """JSON in a text."""
    id_ = offered(system)
    system.order(Order(mode=Mode.WRAPPED, call="list"))
    assert [item.remote_id for item in office.items()] == [id_]


@pytest.mark.parametrize(("result", "code"), [("02", "05"), ("03", "02"), ("4", "05")])
def test_results_that_are_statuses(system: Rehearsal[DocumentSystem], office: Office, result: str, code: str) -> None:
    """About the document we sent, which ThamSoAn names: to its sender, with the day the packet gives."""
    offered(system, LoaiKetQua=result, ThamSoAn=hidden())
    said = office.items()[0].inbound().content
    assert (said.type, said.kind, said.sender, said.respond_to, said.document_id) == (
        "status", code, UNIT, "000.00.00.H62", "d-1",
    )  # fmt: skip
    assert ("Timestamp", "2025/01/20 00:00:00") in said.header
    assert "quyet-dinh.pdf" in dict(said.header)["Description"]


def test_issued_document_answers_ours(system: Rehearsal[DocumentSystem], office: Office) -> None:
    """It is a document of its own that names the one it answers."""
    offered(system, ThamSoAn=hidden())
    said = office.items()[0].inbound().content
    assert (said.type, dict(said.header)["OrganId"]) == ("edoc", "000.00.00.H62")


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"LoaiKetQua": "03"}, "edxml.missing"),
        ({"LoaiKetQua": "03", "ThamSoAn": "[1]"}, "edxml.missing"),
        ({"NguoiKy": ""}, "edxml.missing"),
        ({"TrichYeu": "V/v " * 10_000}, "edxml.header_too_large"),
        ({"SoKyHieu": None}, "edxml.missing"),
        ({"DinhKem": [{"Ten": "a.pdf", "Base64": "!!"}]}, "edxml.bad_base64"),
        ({"DinhKem": [{"Ten": "../a.pdf", "Base64": "eA=="}]}, "edxml.attachment_name"),
        ({"DinhKem": [{"Ten": "a.pdf"}]}, "edxml.missing"),
        ({"DinhKem": [{"Ten": "a.pdf", "Link": "http://169.254.169.254/latest"}]}, "edxml.value"),
        ({"DinhKem": [{"Ten": "a.pdf", "Link": "file:///etc/passwd"}]}, "edxml.value"),
        ({"DinhKem": [{"Ten": "a.pdf", "Link": "http://u:p@127.0.0.1/f"}]}, "edxml.value"),
        ({"DinhKem": [{"Ten": "a.pdf", "Link": "http://169.254.169.254\\@127.0.0.1/f"}]}, "edxml.value"),
        ({"DinhKem": [{"Ten": "a.pdf", "Link": "http://127.0.0.1/f g"}]}, "edxml.value"),
        ({"DinhKem": [{"Ten": f"{n}.pdf", "Link": "http://127.0.0.1/f"} for n in range(501)]}, "edxml.too_many"),
    ],
)
def test_packets_that_are_no_message(
    system: Rehearsal[DocumentSystem], office: Office, changed: dict[str, Any], code: str
) -> None:
    """Kept back with the answer as it came; nothing is made up, and no address is called that is not plainly listed."""
    offered(system, **changed)
    (item,) = office.items(packets={"links": ["127.0.0.1"]})
    with pytest.raises(Rejected) as caught:
        item.inbound()
    assert caught.value.code == code
    claim = caught.value.details["claim"]
    assert isinstance(claim, Claim)
    assert b'"VanBanDi"' in bytes_of(claim)
    assert states(system) == ["initial"]


def test_a_link_to_a_listed_host_is_fetched(system: Rehearsal[DocumentSystem], office: Office) -> None:
    """Without any credential of ours."""
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(PDF), PDF)
    with RawServer(answers(answer)) as server:
        offered(system, DinhKem=[{"Ten": "a.pdf", "Base64": "", "Link": server.url("/file?AccessKey=1")}])
        (item,) = office.items(packets={"links": ["127.0.0.1"]})
        said = item.inbound().content
    assert [one.sha256 for one in said.attachments] == [hashlib.sha256(PDF).hexdigest()]
    assert b"authorization" not in server.requests[0].lower()


def test_linked_files_have_room_together(system: Rehearsal[DocumentSystem], office: Office) -> None:
    """As much as a document may have: one after the other they fill no disk."""
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(PDF), PDF)
    with RawServer(answers(answer)) as server:
        offered(system, DinhKem=[{"Ten": f"{number}.pdf", "Link": server.url()} for number in range(2)])
        (item,) = office.items(packets={"links": ["127.0.0.1"]}, max_bytes=len(PDF) * 3 // 2)
        with pytest.raises(Rejected) as caught:
            item.inbound()
    assert caught.value.code == "body.too_large"


@pytest.mark.parametrize("host", ["a.vn:8443", "http://a.vn", "a.vn/f"])
def test_hosts_are_hosts(office: Office, host: str) -> None:
    """What could never be the host of a link is told, and not left to be found out."""
    with pytest.raises(ValidationError, match="links"):
        office.settings(packets={"links": [host]})


@pytest.mark.parametrize("status", [b"302 Found\r\nLocation: http://127.0.0.1:1/", b"404 Not Found", b"500 X"])
def test_a_link_that_gives_no_file(system: Rehearsal[DocumentSystem], office: Office, status: bytes) -> None:
    """It comes again, and no redirect is followed."""
    with RawServer(answers(b"HTTP/1.1 " + status + b"\r\nContent-Length: 2\r\n\r\n{}")) as server:
        offered(system, DinhKem=[{"Ten": "a.pdf", "Link": server.url()}])
        (item,) = office.items(packets={"links": ["127.0.0.1"]})
        with pytest.raises(Unreachable):
            item.inbound()
    assert server.connections == 1


_ODD = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.lists(st.text(), max_size=2)
    | st.sampled_from(
        ["20/01/2025", "31/02/2025", "0000-00-00", "01/01/0001", "20250120", "2025/01/20 25:61", "03", "04"]
    )
)


def _of(*names: str) -> st.SearchStrategy[Any]:
    """A member that is an object with some of these, or is none."""
    return st.dictionaries(st.sampled_from(names), _ODD) | _ODD


@settings(max_examples=30)
@given(
    st.fixed_dictionaries(
        {},
        optional={
            "DonVi": _of("Ten", "MaDinhDanh"),
            "VanBanDi": _of(
                "TrichYeu", "LoaiVanBan", "NgayBanHanh", "NgayKy", "NguoiKy", "ChucVu", "SoKyHieu", "DinhKem"
            ),
            "ThamSoAn": _ODD | st.sampled_from([hidden(), hidden("\x00"), {"busSender": "a", "busDocumentId": "b"}]),
            "LoaiKetQua": _ODD,
        },
    )
)
def test_any_packet_is_a_message_or_none(odd: dict[str, Any]) -> None:
    """Whatever is missing or odd in it: nothing else is raised."""
    told = PacketSettings.model_validate({"recipients": ["000.00.00.H62"], "place": "Vĩnh Yên"})
    with suppress(Rejected, Invalid):
        write(message(packet_of("VB-1", odd), told, lambda: datetime.now(UTC)), io.BytesIO(), [])
