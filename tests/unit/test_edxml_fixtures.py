"""The messages under tests/data: what the good ones say, and the code each bad one is refused with."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from bus.catalogue import CATALOGUE
from schemas.content import Invalid
from schemas.edxml.codes import STATUS_VI, Business
from schemas.edxml.load import load
from schemas.edxml.models import Status
from tests.messages import read

MESSAGES = Path(__file__).parents[1] / "data" / "messages"
DOCUMENT = "000.00.05.H62,2025/11/03,15/QĐ-UBND"

REFUSALS = {
    "attachment_no_content": ("edxml.missing", "AttachmentEncoded/Attachment[1]/ContentTransferEncoded"),
    "attachment_no_name": ("edxml.attachment_name", "attachment 1"),
    "attachment_path": ("edxml.attachment_name", "attachment 1"),
    "bad_base64": ("edxml.bad_base64", "cong-van.pdf"),
    "billion_laughs": ("xml.dtd_forbidden", "DOCTYPE"),
    "business_type": ("edxml.value", "BussinessDocType"),
    "doctype": ("xml.dtd_forbidden", "DOCTYPE"),
    "empty": ("body.empty", "empty"),
    "entity": ("xml.dtd_forbidden", "DOCTYPE"),
    "entity_unknown": ("xml.malformed", "nbsp"),
    "from_null": ("edxml.missing", "edXMLHeader/MessageHeader/From/OrganId"),
    "malformed": ("xml.malformed", "Subjekt"),
    "no_document_id": ("edxml.missing", "edXMLHeader/MessageHeader/DocumentId"),
    "no_from": ("edxml.missing", "edXMLHeader/MessageHeader/From/OrganId"),
    "no_header": ("edxml.missing", "edXML/edXMLEnvelope/edXMLHeader"),
    "no_message_header": ("edxml.missing", "edXMLHeader/MessageHeader"),
    "not_edxml": ("edxml.not_edxml", "invoice"),
    "not_utf8": ("xml.malformed", ""),
    "other_namespace": ("edxml.not_edxml", "http://www.go.vn/eDoc"),
    "prefix_undeclared": ("xml.malformed", "xyz"),
    "status_code": ("edxml.value", "StatusCode"),
    "status_no_code": ("edxml.missing", "edXMLHeader/Status/StatusCode"),
    "status_no_response": ("edxml.missing", "edXMLHeader/MessageHeader/ResponseFor/DocumentId"),
    "too_deep": ("xml.too_deep", "64"),
    "truncated": ("xml.malformed", ""),
    "two_document_ids": ("edxml.value", "MessageHeader/DocumentId"),
    "zip_bomb": ("body.too_large", "the ZIP of cong-van.doc"),
    "zip_path": ("edxml.attachment_name", "the ZIP of cong-van.doc"),
    "zip_two_minds": ("edxml.value", "the ZIP of cong-van.doc"),
}


@pytest.mark.parametrize("path", sorted((MESSAGES / "bad").iterdir()), ids=lambda path: path.stem)
def test_a_bad_message_is_refused_with_its_code(path: Path) -> None:
    """Every file in the folder has its code of the catalogue, and the detail names what is wrong."""
    code, named = REFUSALS[path.stem]

    with pytest.raises(Invalid) as caught:
        read(path.read_bytes())

    assert caught.value.code == code
    assert named in caught.value.detail
    assert code in CATALOGUE


@pytest.mark.parametrize(("name", "line"), [("malformed", 32), ("entity_unknown", 32), ("prefix_undeclared", 32)])
def test_bad_xml_is_refused_with_its_place(name: str, line: int) -> None:
    """A sender is told line and column of what is not well-formed."""
    with pytest.raises(Invalid) as caught:
        read((MESSAGES / "bad" / f"{name}.edxml").read_bytes())

    assert caught.value.line == line
    assert caught.value.column > 0


@pytest.mark.parametrize(
    ("name", "kind", "recalls", "prefix"),
    [
        ("new", "new", False, ""),
        ("recall", "recall", True, "1:"),
        ("update", "update", False, "2:"),
        ("replace", "replace", False, "3:"),
    ],
)
def test_the_four_kinds_share_one_document(name: str, kind: str, recalls: bool, prefix: str) -> None:
    """All four have the document as their key; all but the new one are told apart by type and digest."""
    content = read((MESSAGES / "good" / f"{name}.edxml").read_bytes())

    assert (content.type, content.kind, content.recalls) == ("edoc", kind, recalls)
    assert content.document_id == content.key == DOCUMENT
    assert content.sender == "000.00.05.H62"
    assert content.recipients == ("000.00.07.H62", "000.00.12.H62")
    assert content.variant == (f"{prefix}{content.digest}" if prefix else "")
    assert content.warnings == ()


@pytest.mark.parametrize(("name", "recalls"), [("status_01", False), ("status_13", True)])
def test_a_status_is_about_the_document(name: str, recalls: bool) -> None:
    """A status is keyed by the document it answers; 13 takes it back."""
    content = read((MESSAGES / "good" / f"{name}.edxml").read_bytes())

    assert content.type == "status"
    assert content.kind == name[-2:]
    assert content.document_id == content.key == DOCUMENT
    assert content.targets == (DOCUMENT,)
    assert content.recalls is recalls
    assert content.recipients == (content.respond_to,)
    assert content.variant == f"{content.respond_to}|{content.kind}|2025/11/03 08:30:00|{content.digest}"


def test_every_kind_of_message_has_a_golden_file() -> None:
    """The four of a document, each status that has a meaning, and a status with all it may hold."""
    contents = [read(path.read_bytes()) for path in (MESSAGES / "good").iterdir()]

    assert {content.kind for content in contents if content.type == "edoc"} == set(Business)
    assert {content.kind for content in contents if content.type == "status"} == set(STATUS_VI)
    whole = load(io.BytesIO((MESSAGES / "good" / "status.edxml").read_bytes())).message
    assert isinstance(whole, Status)
    assert all(value for _, value in whole.message_header)
    assert whole.message_header.staff_info
    assert whole.message_header.staff_info.mobile


def test_packed_files_are_taken_as_they_are() -> None:
    """One entry that may be opened, an Office file and an archive in its own right: sizes and names are their own."""
    found = load(io.BytesIO((MESSAGES / "good" / "packages.edxml").read_bytes()), lambda _: io.BytesIO())

    assert [(one.attachment.name, one.unpacked and one.unpacked.unwrapped) for one in found.files] == [
        ("cong-van.doc", True),
        ("bao-cao.docx", False),
        ("phu-luc.zip", False),
    ]


def test_another_hand_is_read_the_same_way() -> None:
    """Other prefix, other order, ordinary spelling, null codes, empty blocks, wrapped base64: all is read."""
    content = read((MESSAGES / "good" / "other_hand.edxml").read_bytes())

    assert (content.kind, content.sender, content.recipients) == ("recall", "H62.05", ("H62.07",))
    assert content.document_id == "4f6c0d8e-0000-4000-8000-000000000001"
    assert content.targets == (content.document_id, "cu-1", "cu-2")
    assert content.priority == 0
    assert len(content.warnings) == 1
    assert [(one.name, one.content_id, one.size) for one in content.attachments] == [("to-trinh.pdf", "7", 26)]
