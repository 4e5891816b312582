"""What the source of the HTTP engine does beside the contract: pages, forms of content, and looking before anything is used."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson
import pytest
from pydantic import ValidationError

from adapters.http.probe import probe
from adapters.http.receive_settings import Fields
from adapters.http.source import build_source
from adapters.http.stage import Head, Reply
from bus.claimcheck import ClaimCheck
from bus.endpoint import Item
from bus.errors import Rejected, Unreachable
from bus.fetching import Fetching
from bus.message import Claim
from bus.translator import compose
from bus.transport import Transport
from tests import messages
from tests.adapters.http_partner import OAUTH2, Playing, nowhere, receiving, said, settings, tools
from tests.contracts.source import RECEIPT, THERE, body_of, document

Answers = Callable[[Head, bytes], Reply]


@pytest.fixture
def partner() -> Iterator[Playing]:
    playing = Playing()
    yield playing
    playing.stop()


def receive(partner: Playing, **changed: Any) -> dict[str, Any]:
    """The usual way to work the queue off, with changes."""
    return {**receiving(partner.url).model_dump(by_alias=True, exclude_unset=True)["receive"], **changed}


def items(partner: Playing, transport: Transport, home: Path, given: Mapping[str, Any], **more: Any) -> list[Item]:
    means = tools(transport, home)
    store = ClaimCheck(home / "bodies", home / "spool")
    means = replace(means, compose=lambda model, files: compose(model, files, lambda: Fetching(store, 1 << 20)))
    return list(build_source("lgsp", settings(partner.url, receive=given, **more), means).poll())


def content(partner: Playing, **given: Any) -> dict[str, Any]:
    return receive(partner, get={"call": {"method": "GET", "path": "/get/{id}"}, "content": given})


def answering(partner: Playing, path: str, reply: Reply) -> None:
    """From now on this call gets this answer."""
    usual: Answers = partner.peer.answer
    partner.peer.answer = lambda head, body: reply if head.path == path else usual(head, body)  # type: ignore[method-assign]


@pytest.mark.parametrize(
    ("given", "reply"),
    [
        ({"kind": "raw"}, Reply(200, document(1), content_type="application/xml")),
        ({"kind": "text", "path": "data.edxml"}, said({"edxml": document(1).decode()})),
        ({"kind": "base64", "path": "DATA.EdXML"}, said({"edxml": base64.b64encode(document(1)).decode()})),
    ],
    ids=["raw", "text", "base64"],
)
def test_a_message_in_any_place_is_the_same_bytes(
    partner: Playing, transport: Transport, tmp_path: Path, given: Mapping[str, Any], reply: Reply
) -> None:
    """As the answer itself, as text, as base64: byte for byte, behind a token that ends in between."""
    partner.offer(document(1))
    (item,) = items(partner, transport, tmp_path, content(partner, **given), auth=[OAUTH2])
    answering(partner, "/get/0", reply)
    partner.peer.token = "another"
    assert body_of(item.inbound()) == document(1)
    assert partner.peer.tokens == 2


FIELDS = {
    "kind": "fields",
    "fields": {"documentId": "data.Ma", "notation": "data.SoKyHieu", "subject": "data.TrichYeu", "date": "data.Ngay"},
    "constants": {
        "sender": THERE,
        "senderName": "Bộ",
        "recipient": "000.00.05.H62",
        "recipientName": "Sở",
        "place": "Hà Nội",
        "documentType": "2",
        "documentTypeDetail": "2",
        "documentTypeName": "Quyết định",
        "signer": "Nguyễn Văn An",
    },
    "files": "data.DinhKem",
    "file_name": "Ten",
    "file_base64": "Base64",
}


def packet(file: Mapping[str, object], **said_of_it: object) -> Reply:
    usual = {"Ma": "VB-1", "SoKyHieu": "15/QĐ-TTg", "TrichYeu": "V/v", "Ngay": "03/11/2025", "DinhKem": [file]}
    return said({**usual, **said_of_it})


def test_a_message_is_made_of_fields_and_files(partner: Playing, transport: Transport, tmp_path: Path) -> None:
    """What a partner says under names of its own is a message of the standard, with its files, and always the same."""
    partner.offer(b"")
    (item,) = items(partner, transport, tmp_path, content(partner, **FIELDS))
    answering(partner, "/get/0", packet({"Ten": "a.pdf", "Base64": base64.b64encode(messages.PDF * 2000).decode()}))
    first, again = item.inbound(), item.inbound()
    assert (first.content.document_id, first.content.attachments[0].name) == ("VB-1", "a.pdf")
    assert first.content.attachments[0].size == len(messages.PDF) * 2000
    assert first.claim.sha256 == again.claim.sha256


@pytest.mark.parametrize(
    ("pattern", "written"),
    [
        (None, "03/11/2025"),
        ("yyyyMMdd", "20251103"),
        ("yyyyMMdd", 20251103),
        ("yyyyMMddHHmmss", "20251103083005"),
        ("dd-MM-yyyy", "03-11-2025"),
        ("'ngày' dd 'tháng' MM", "03/11/2025"),
        ("MM/dd/yyyy", "11/03/2025"),
    ],
)
def test_dates_are_read_as_the_partner_writes_them(
    partner: Playing, transport: Transport, tmp_path: Path, pattern: str | None, written: object
) -> None:
    """By its pattern; what is not written so, as dates are read anywhere."""
    partner.offer(b"")
    (item,) = items(partner, transport, tmp_path, content(partner, **FIELDS, dates=pattern))
    answering(partner, "/get/0", packet({"Ten": "a.pdf", "Base64": "eA=="}, Ngay=written))
    assert ("PromulgationDate", "2025/11/03") in item.inbound().content.header


@pytest.mark.parametrize("written", ["20251303", "2025113", "x"])
def test_a_date_that_is_none_keeps_its_item_back(
    partner: Playing, transport: Transport, tmp_path: Path, written: str
) -> None:
    """It is no other date, and no document without one."""
    partner.offer(b"")
    (item,) = items(partner, transport, tmp_path, content(partner, **FIELDS, dates="yyyyMMdd"))
    answering(partner, "/get/0", packet({"Ten": "a.pdf", "Base64": "eA=="}, Ngay=written))
    with pytest.raises(Rejected):
        item.inbound()


def test_a_pattern_of_dates_is_checked() -> None:
    """Letters that mean nothing are told."""
    with pytest.raises(ValidationError, match="expected a pattern"):
        Fields.model_validate({"kind": "fields", "fields": {}, "dates": "YYYYMMDD"})


@pytest.mark.parametrize("size", [17 << 10, 60 << 10])
def test_a_long_text_of_a_field_is_that_text(partner: Playing, transport: Transport, tmp_path: Path, size: int) -> None:
    """However long it may be: what stands for it on disk is in no document."""
    partner.offer(b"")
    (item,) = items(partner, transport, tmp_path, content(partner, **FIELDS))
    text = b"ve viec " * (size // 8)
    answering(partner, "/get/0", packet({"Ten": "a.pdf", "Base64": "YQ=="}, TrichYeu=text.decode()))
    assert text.strip() in body_of(item.inbound())


@pytest.mark.parametrize(
    ("said_of_it", "file"),
    [({"TrichYeu": "x" * (70 << 10)}, {}), ({}, {"Ten": "x" * (70 << 10)}), ({}, {"Ten": "x" * (20 << 10)})],
)
def test_a_text_that_is_too_long_is_kept_back(
    partner: Playing, transport: Transport, tmp_path: Path, said_of_it: dict[str, str], file: dict[str, str]
) -> None:
    """With the answer as it came, for an operator to look at."""
    partner.offer(b"")
    (item,) = items(partner, transport, tmp_path, content(partner, **FIELDS))
    reply = packet({"Ten": "a.pdf", "Base64": "YQ==", **file}, **said_of_it)
    answering(partner, "/get/0", reply)
    with pytest.raises(Rejected) as caught:
        item.inbound()
    claim = caught.value.details["claim"]
    assert isinstance(claim, Claim)
    with claim.open() as reader:
        assert reader.read() == orjson.dumps(reply.body)
    assert "spilled" not in str(caught.value)


@pytest.mark.parametrize("whole", [True, False], ids=["the answer", "a member"])
def test_a_large_document_in_json_that_stands_in_a_text(
    partner: Playing, transport: Transport, tmp_path: Path, whole: bool
) -> None:
    """JSON as a text is read through, however much is in it."""
    body = messages.edoc(attachments=[("a.pdf", messages.PDF * 3000)])
    partner.offer(body)
    (item,) = items(partner, transport, tmp_path, content(partner, kind="base64", path="data.edxml"))
    inner = {"error": {"code": 200}, "data": {"edxml": base64.b64encode(body).decode()}}
    told: object = inner if whole else {**inner, "data": orjson.dumps(inner["data"]).decode()}
    answering(partner, "/get/0", Reply(200, orjson.dumps(orjson.dumps(told).decode() if whole else told)))
    assert body_of(item.inbound()) == body


def test_an_address_in_an_answer_is_never_fetched(partner: Playing, transport: Transport, tmp_path: Path) -> None:
    """A file that is not there is said so, and nobody is called for it."""
    partner.offer(b"")
    (item,) = items(partner, transport, tmp_path, content(partner, **FIELDS))
    answering(partner, "/get/0", packet({"Ten": "a.pdf", "Link": f"{partner.url}/secret"}))
    with pytest.raises(Rejected, match="never fetched"):
        item.inbound()
    assert "secret" not in partner.peer.asked


def test_pages_are_read_until_one_is_not_full(partner: Playing, transport: Transport, tmp_path: Path) -> None:
    """And no longer than items are taken, though the partner always answers the same page."""
    for number in range(3):
        partner.offer(document(number))
    one = receive(partner)["lists"][1]
    full = receive(partner, lists=[{**one, "pages": {"limit": 3}}], max_items=7)
    assert len(items(partner, transport, tmp_path, full)) == 3
    assert partner.peer.asked["list"] == 3
    short = receive(partner, lists=[{**one, "pages": {"limit": 4}}], max_items=2)
    assert len(items(partner, transport, tmp_path, short)) == 2
    assert partner.peer.asked["list"] == 4


def test_what_is_settled_is_left_alone_and_observers_say_nothing(
    partner: Playing, transport: Transport, tmp_path: Path
) -> None:
    """Rows that fit ``skip`` are no items; in ``mode: observe`` no ack leaves."""
    partner.offer(document(1))
    one = receive(partner)["lists"][1]
    skipping = receive(partner, lists=[{**one, "skip": {"path": "status", "values": ["INITIAL"]}}])
    assert items(partner, transport, tmp_path, skipping) == []
    (item,) = items(partner, transport, tmp_path, receive(partner), mode="observe")
    item.settle(RECEIPT)
    assert partner.states() == [("open", "")]


ACK = {"method": "POST", "path": "/ack/{id}/{state}", "body": {"kind": "json", "value": {"reason": "{type}"}}}


def test_an_item_is_told_to_be_in_hand_before_it_is_fetched(
    partner: Playing, transport: Transport, tmp_path: Path
) -> None:
    """Once for each time it is fetched; whether that was heard does not matter."""
    partner.offer(document(1))
    (item,) = items(partner, transport, tmp_path, receive(partner, processing={"call": ACK}))
    partner.peer.heads.clear()
    assert body_of(item.inbound()) == document(1)
    assert [head.path for head in partner.peer.heads] == ["/ack/0/processing", "/get/0"]
    assert partner.states() == [("processing", "edoc")]
    for answer in (Reply(404, {}), Reply(200, {"error": {"code": 22}}), Reply(500, b"")):
        answering(partner, "/ack/0/processing", answer)
        assert body_of(item.inbound()) == document(1)


def test_observers_do_not_say_that_an_item_is_in_hand(partner: Playing, transport: Transport, tmp_path: Path) -> None:
    """They fetch, and leave everything as it was."""
    partner.offer(document(1))
    (item,) = items(partner, transport, tmp_path, receive(partner, processing={"call": ACK}), mode="observe")
    assert body_of(item.inbound()) == document(1)
    assert partner.states() == [("open", "")]


def test_an_operator_sees_what_there_is(partner: Playing, transport: Transport, tmp_path: Path) -> None:
    """Signed in, what each list has; an address that may not be called, and nobody there, are errors."""
    means = tools(transport, tmp_path)
    partner.offer(document(1))
    found = list(probe("lgsp", receiving(partner.url, auth=[OAUTH2]), means))
    assert [one.code for one in found] == ["signed_in", "listed", "listed"]
    assert partner.peer.asked["get"] == partner.peer.asked["ack"] == 0
    url = partner.url.replace("127.0.0.1", "localhost.")
    assert [one.code for one in probe("lgsp", settings(url, allow=[]), means)] == ["address_refused"]
    assert [one.code for one in probe("lgsp", settings(nowhere()), means)] == ["unreachable"]


def test_an_answer_without_a_document_is_no_document(partner: Playing, transport: Transport, tmp_path: Path) -> None:
    """A list member that is null or JSON in the place of XML comes again."""
    partner.offer(document(1))
    for given, reply in (({"kind": "raw"}, said({})), ({"kind": "text", "path": "data.edxml"}, said({"edxml": None}))):
        (item,) = items(partner, transport, tmp_path, content(partner, **given))
        answering(partner, "/get/0", reply)
        with pytest.raises(Unreachable, match="no document"):
            item.inbound()
