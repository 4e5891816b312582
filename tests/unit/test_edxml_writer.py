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
from schemas.edxml.codes import Business, Priority, Steering
from schemas.edxml.document_types import document_type
from schemas.edxml.enclose import Enclosure, Packing
from schemas.edxml.models import (
    Bussiness,
    BussinessDocumentInfo,
    Code,
    Edoc,
    Message,
    MessageHeader,
    Organ,
    OrganIdList,
    OtherInfo,
    PromulgationInfo,
    Receiver,
    ReceiverList,
    ReplacementInfo,
    ReplacementInfoList,
    ResponseFor,
    SignerInfo,
    StaffInfo,
    Status,
    StatusHeader,
    StatusResponse,
    StatusStaff,
    ToPlaces,
    TraceHeaderList,
)
from schemas.edxml.writer import write
from tests.messages import edoc, read, status

ORGAN = Organ(
    organ_id="000.00.05.H62",
    organization_in_charge="UBND tỉnh",
    organ_name="Sở Nội vụ",
    organ_add="1 Kim Ngọc",
    email="a@b.vn",
    telephone="0211",
    fax="0212",
    website="snv.vn",
)
PERSON = {"department": "Văn thư", "staff": "Trần Thị Bình", "email": "b@b.vn", "mobile": "0912"}
RECEIVERS = (Receiver(organ_id="A", receiver_type=True), Receiver(organ_id="B", receiver_type=False))
OLDER = ReplacementInfo(document_id="older", organ_id_list=OrganIdList(organ_id=("A", "B")))
BUSINESS = Bussiness(
    document_id="old",
    bussiness_doc_type=Business.UPDATE,
    bussiness_doc_reason="Sửa người nhận",
    paper=True,
    bussiness_document_info=BussinessDocumentInfo(
        document_info=True, document_receiver=True, receiver_list=ReceiverList(receiver=RECEIVERS)
    ),
    replacement_info_list=ReplacementInfoList(replacement_info=(OLDER,)),
    staff_info=StaffInfo(**PERSON),
)
HEADER = MessageHeader(
    from_=ORGAN,
    to=(Organ(organ_id="A"), Organ(organ_id="B")),
    document_id="doc-1",
    subject="Trích yếu <&> \"'",
    code=Code(code_number="15", code_notation="QĐ-UBND"),
    promulgation_info=PromulgationInfo(place="Vĩnh Yên", promulgation_date=date(2025, 11, 3)),
    document_type=document_type("Quyết định"),
    content="Tóm tắt",
    signer_info=SignerInfo(full_name="Nguyễn Văn An", position="Chủ tịch", competence="TM."),
    due_date=date(2025, 11, 10),
    other_info=OtherInfo(priority=Priority.VERY_URGENT),
    response_for=(
        ResponseFor(document_id="re-1", organ_id="A", code="2/CV", promulgation_date=date(2025, 10, 1)),
        ResponseFor(document_id="old", organ_id="A"),
    ),
    steering_type=Steering.STEERS,
    to_places=ToPlaces(place=("Lưu VT",)),
)
FULL = Edoc(message_header=HEADER, trace_header_list=TraceHeaderList(bussiness=BUSINESS))

ORDER = """
edXMLHeader MessageHeader From OrganId OrganizationInCharge OrganName OrganAdd Email Telephone Fax Website To
OrganId To OrganId DocumentId Code CodeNumber CodeNotation PromulgationInfo Place PromulgationDate
DocumentType Type TypeDetail TypeName Subject Content SignerInfo Competence Position FullName DueDate
OtherInfo Priority ResponseFor OrganId Code DocumentId PromulgationDate ResponseFor OrganId DocumentId
SteeringType ToPlaces Place TraceHeaderList Bussiness DocumentId BussinessDocType BussinessDocReason Paper
BussinessDocumentInfo DocumentInfo DocumentReceiver ReceiverList Receiver OrganId ReceiverType Receiver
OrganId ReceiverType ReplacementInfoList ReplacementInfo DocumentId OrganIdList OrganId OrganId StaffInfo
Department Staff Email Mobile
"""


def written(message: Message, *enclosures: Enclosure, relaying: bool = False) -> str:
    out = io.BytesIO()
    write(message, out, enclosures, relaying=relaying)
    return out.getvalue().decode()


def payload(text: str) -> bytes:
    found = re.search(r"ContentTransferEncoded [^>]*>([^<]*)<", text)
    assert found
    return base64.b64decode(found[1], validate=True)


def test_the_header_comes_in_the_axis_order_with_its_literal_prefix() -> None:
    """Some receivers look tags up as raw strings and expect the order of the axis's software."""
    text = written(FULL)
    header = text[text.index("<edXML:edXMLHeader>") : text.index("</edXML:edXMLHeader>")]

    assert re.findall(r"<edXML:(\w+)>", header) == ORDER.split()


def test_dates_and_flags_are_written_as_the_standard_has_them() -> None:
    """Dates with slashes, yes and no as 1 and 0."""
    text = written(FULL)

    assert "<edXML:PromulgationDate>2025/11/03</edXML:PromulgationDate>" in text
    assert "<edXML:Paper>1</edXML:Paper>" in text
    assert "<edXML:ReceiverType>1</edXML:ReceiverType>" in text
    assert "<edXML:ReceiverType>0</edXML:ReceiverType>" in text


def test_empty_fields_leave_no_elements() -> None:
    """The least message has no empty element but says that it is new."""
    header = MessageHeader(from_=Organ(organ_id="A"), to=(Organ(organ_id="B"),), document_id="doc-1")
    text = written(Edoc(message_header=header), relaying=True)

    header = text[text.index("<edXML:edXMLHeader>") : text.index("</edXML:edXMLHeader>")]
    least = "edXMLHeader MessageHeader From OrganId To OrganId DocumentId TraceHeaderList Bussiness"
    assert re.findall(r"<edXML:(\w+)>", header) == [*least.split(), "BussinessDocType", "Paper"]
    assert "<edXML:BussinessDocType>0<" in text
    assert "AttachmentEncoded" not in text


def test_what_was_written_is_read() -> None:
    """Our reader finds in our writing what was put there."""
    content = read(written(FULL).encode())

    assert content.subject == HEADER.subject
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
    response = StatusResponse(organ_id="A", code="2/CV", promulgation_date=date(2025, 10, 1), document_id="doc-1")
    header = StatusHeader(
        from_=ORGAN,
        response_for=response,
        staff_info=StatusStaff(**PERSON),
        status_code="02",
        description="Sai",
        timestamp=datetime(2025, 11, 3, 1, 30, tzinfo=UTC),
    )
    text = written(Status(message_header=header))

    order = "ResponseFor OrganId Code PromulgationDate DocumentId StaffInfo Department Staff Mobile Email StatusCode"
    assert re.findall(r"<edXML:(\w+)>", text)[11:] == [*order.split(), "Description", "Timestamp"]
    assert "edXMLBody" not in text
    assert "TraceHeaderList" not in text


def test_times_are_vietnamese_on_the_wire() -> None:
    """An aware time is turned into the country's; the wire has no zone."""
    response = StatusResponse(organ_id="A", document_id="doc-1")
    moment = datetime(2025, 11, 3, 20, 0, tzinfo=UTC)
    header = StatusHeader(from_=ORGAN, response_for=response, status_code="01", timestamp=moment)

    assert "<edXML:Timestamp>2025/11/04 03:00:00<" in written(Status(message_header=header))


@pytest.mark.parametrize("name", ["a.pdf", "a.docx", "a.xlsx", "noending"])
def test_a_partner_may_want_all_files_zipped(name: str) -> None:
    """Then all go zipped with one entry, and the label says so."""
    text = written(FULL, Enclosure(name, io.BytesIO(b"data"), packing=Packing.ZIP_ALL))

    with zipfile.ZipFile(io.BytesIO(payload(text))) as archive:
        assert [archive.read(entry) for entry in archive.namelist()] == [b"data"]
    assert text.count("ContentType>application/zip<") == 2


def test_a_zip_is_never_packed_again() -> None:
    """The receiver's software would hand the user a ZIP in a ZIP."""
    assert payload(written(FULL, Enclosure("a.zip", io.BytesIO(b"PK"), packing=Packing.ZIP_ALL))) == b"PK"


def test_the_helpers_of_all_tests_are_repeatable() -> None:
    """The same arguments make the same bytes, so that tests can send a message twice."""
    assert edoc() == edoc()
    assert status() == status()
