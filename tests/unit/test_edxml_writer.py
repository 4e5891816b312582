"""The writer: the axis's own form, in pieces, and nothing that XML cannot carry."""

from __future__ import annotations

import base64
import io
import re
import unicodedata
import zipfile
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.content import Invalid
from schemas.edxml.codes import Business
from schemas.edxml.models import (
    BusinessInfo,
    DocumentType,
    EdocFields,
    Enclosure,
    Organ,
    Receiver,
    Reference,
    Replacement,
    Signer,
    Staff,
    StatusFields,
)
from schemas.edxml.writer import write_edoc, write_status
from tests.messages import edoc, read, status

ORGAN = Organ("000.00.05.H62", "Sở Nội vụ", "UBND tỉnh", "1 Kim Ngọc", "a@b.vn", "0211", "0212", "snv.vn")
STAFF = Staff("Văn thư", "Trần Thị Bình", "b@b.vn", "0912")
BUSINESS = BusinessInfo(
    Business.UPDATE,
    "Sửa người nhận",
    "old",
    paper=True,
    receivers=(Receiver("A"), Receiver("B", added=False)),
    replacements=(Replacement("older", ("A", "B")),),
    staff=STAFF,
)
FULL = EdocFields(
    sender=ORGAN,
    recipients=(Organ("A"), Organ("B")),
    document_id="doc-1",
    subject="Trích yếu <&> \"'",
    number="15",
    notation="QĐ-UBND",
    place="Vĩnh Yên",
    promulgation_date=date(2025, 11, 3),
    document_type=DocumentType("Quyết định", detail=2),
    content="Tóm tắt",
    signer=Signer("Nguyễn Văn An", "Chủ tịch", "TM."),
    due_date=date(2025, 11, 10),
    priority=2,
    responses=(Reference("re-1", "A", "2/CV", date(2025, 10, 1)),),
    steering=1,
    to_places=("Lưu VT",),
    business=BUSINESS,
)

ORDER = [
    "edXMLHeader",
    "MessageHeader",
    "From",
    "OrganId",
    "OrganizationInCharge",
    "OrganName",
    "OrganAdd",
    "Email",
    "Telephone",
    "Fax",
    "Website",
    "To",
    "OrganId",
    "To",
    "OrganId",
    "DocumentId",
    "Code",
    "CodeNumber",
    "CodeNotation",
    "PromulgationInfo",
    "Place",
    "PromulgationDate",
    "DocumentType",
    "Type",
    "TypeDetail",
    "TypeName",
    "Subject",
    "Content",
    "SignerInfo",
    "Competence",
    "Position",
    "FullName",
    "DueDate",
    "OtherInfo",
    "Priority",
    "ResponseFor",
    "OrganId",
    "Code",
    "PromulgationDate",
    "DocumentId",
    "SteeringType",
    "ToPlaces",
    "Place",
    "TraceHeaderList",
    "Bussiness",
    "DocumentId",
    "BussinessDocType",
    "BussinessDocReason",
    "Paper",
    "BussinessDocumentInfo",
    "DocumentInfo",
    "DocumentReceiver",
    "ReceiverList",
    "Receiver",
    "OrganId",
    "ReceiverType",
    "Receiver",
    "OrganId",
    "ReceiverType",
    "ReplacementInfoList",
    "ReplacementInfo",
    "DocumentId",
    "OrganIdList",
    "OrganId",
    "OrganId",
    "StaffInfo",
    "Department",
    "Staff",
    "Email",
    "Mobile",
]


def written(fields: EdocFields, *enclosures: Enclosure) -> str:
    out = io.BytesIO()
    write_edoc(fields, enclosures, out)
    return out.getvalue().decode()


def payload(text: str) -> bytes:
    found = re.search(r"ContentTransferEncoded [^>]*>([^<]*)<", text)
    assert found
    return base64.b64decode(found[1], validate=True)


def test_the_header_comes_in_the_axis_order_with_its_literal_prefix() -> None:
    """Some receivers look tags up as raw strings and expect the order of the axis's software."""
    text = written(FULL)
    header = text[text.index("<edXML:edXMLHeader>") : text.index("</edXML:edXMLHeader>")]

    assert re.findall(r"<edXML:(\w+)>", header) == ORDER


def test_dates_and_flags_are_written_as_the_standard_has_them() -> None:
    """Dates with slashes, yes and no as 1 and 0."""
    text = written(FULL)

    assert "<edXML:PromulgationDate>2025/11/03</edXML:PromulgationDate>" in text
    assert "<edXML:Paper>1</edXML:Paper>" in text
    assert "<edXML:ReceiverType>1</edXML:ReceiverType>" in text
    assert "<edXML:ReceiverType>0</edXML:ReceiverType>" in text


def test_empty_fields_leave_no_elements() -> None:
    """The least message has no empty element but says that it is new."""
    text = written(EdocFields(Organ("A"), (Organ("B"),), "doc-1", ""))

    header = text[text.index("<edXML:edXMLHeader>") : text.index("</edXML:edXMLHeader>")]
    least = "edXMLHeader MessageHeader From OrganId To OrganId DocumentId OtherInfo Priority TraceHeaderList Bussiness"
    assert re.findall(r"<edXML:(\w+)>", header) == [*least.split(), "BussinessDocType", "Paper"]
    assert "<edXML:BussinessDocType>0<" in text
    assert "AttachmentEncoded" not in text


def test_what_was_written_is_read() -> None:
    """Our reader finds in our writing what was put there."""
    content = read(written(FULL).encode())

    assert content.subject == FULL.subject
    assert (content.kind, content.priority) == ("update", 2)
    assert content.targets == ("old", "doc-1", "re-1")
    assert content.recipients == ("A", "B")
    assert content.view["reason"] == "Sửa người nhận"


CARRIED = st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff") | st.sampled_from("\t\n\r")


@given(st.text(CARRIED, max_size=50))
def test_any_text_xml_can_carry_comes_back(text: str) -> None:
    """Text is escaped so that it comes back as it was, composed."""
    assert read(edoc(subject=f"a{text}b")).subject == unicodedata.normalize("NFC", f"a{text}b")


@pytest.mark.parametrize("letter", ["\x00", "\x1b", "\x1c", "\ufffe", "\ud800"])
def test_text_xml_cannot_carry_is_refused(letter: str) -> None:
    """It is refused by name, never dropped or written broken."""
    with pytest.raises(Invalid, match=rf"Subject .*U\+{ord(letter):04X}") as caught:
        edoc(subject=letter)

    assert caught.value.code == "edxml.value"


def test_a_carriage_return_survives() -> None:
    """It is escaped, since XML would read it as a line feed."""
    assert read(edoc(subject="a\rb")).subject == "a\rb"


@pytest.mark.parametrize("name", ["a.pdf", "A.PDF", "b.doc", "b.docx", "c.xsl", "c.xslx", "d.zip"])
def test_files_the_axis_takes_go_as_they_are(name: str) -> None:
    """These endings are sent plainly under their own label."""
    text = written(FULL, Enclosure(name, io.BytesIO(b"data")))

    assert payload(text) == b"data"
    assert text.count(f"ContentType>application/{name.split('.')[1].lower()}<") == 2


@pytest.mark.parametrize(("name", "entry"), [("a.xlsx", "u-1.xlsx"), ("b.TXT", "u-1.txt"), ("noending", "u-1")])
def test_other_files_go_zipped_with_one_entry(name: str, entry: str) -> None:
    """All others travel as a ZIP whose one entry is named by id; the label says so."""
    text = written(FULL, Enclosure(name, io.BytesIO(b"data" * 100_000), uid="u-1"))

    with zipfile.ZipFile(io.BytesIO(payload(text))) as archive:
        assert archive.namelist() == [entry]
        assert archive.read(entry) == b"data" * 100_000
    assert text.count("ContentType>application/zip<") == 2


def test_manifest_and_attachment_have_the_same_fresh_id() -> None:
    """Without an id handed in, every enclosure gets one of its own, on both sides."""
    text = written(FULL, Enclosure("a.pdf", io.BytesIO(b"1")), Enclosure("b.pdf", io.BytesIO(b"2"), "Phụ lục"))
    ids = re.findall(r"ContentId>(cid:[0-9a-f-]{36})<", text)

    assert ids[:2] == ids[2:]
    assert len(set(ids)) == 2
    assert text.count("Description>Phụ lục<") == 2


class Trickle(io.RawIOBase):
    """A source that gives a few bytes at a time and counts the most it was asked for."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self.asked = 0

    def read(self, size: int = -1) -> bytes:
        self.asked = max(self.asked, size)
        piece, self._data = self._data[:5], self._data[5:]
        return piece


def test_a_source_is_read_in_pieces() -> None:
    """However few bytes a read gives, the base64 is one piece; no read asks for all."""
    data = bytes(range(256)) * 4
    source = Trickle(data)

    assert payload(written(FULL, Enclosure("a.pdf", source))) == data  # type: ignore[arg-type]
    assert 0 < source.asked <= 1_000_000


def test_a_status_has_its_own_order() -> None:
    """From, whom it answers, whom to ask, code, words, time; no body and no trace."""
    fields = StatusFields(
        ORGAN,
        Reference("doc-1", "A", "2/CV", date(2025, 10, 1)),
        "02",
        datetime(2025, 11, 3, 1, 30, tzinfo=UTC),
        "Sai",
        STAFF,
    )
    out = io.BytesIO()
    write_status(fields, out)
    text = out.getvalue().decode()

    order = "ResponseFor OrganId Code PromulgationDate DocumentId StaffInfo Department Staff Email Mobile StatusCode"
    assert re.findall(r"<edXML:(\w+)>", text)[11:] == [*order.split(), "Description", "Timestamp"]
    assert "edXMLBody" not in text
    assert "TraceHeaderList" not in text


def test_times_are_vietnamese_on_the_wire() -> None:
    """An aware time is turned into the country's; the wire has no zone."""
    out = io.BytesIO()
    write_status(StatusFields(ORGAN, Reference("doc-1", "A"), "01", datetime(2025, 11, 3, 20, 0, tzinfo=UTC)), out)

    assert "<edXML:Timestamp>2025/11/04 03:00:00<" in out.getvalue().decode()


def test_the_helpers_of_all_tests_are_repeatable() -> None:
    """The same arguments make the same bytes, so that tests can send a message twice."""
    assert edoc() == edoc()
    assert status() == status()
