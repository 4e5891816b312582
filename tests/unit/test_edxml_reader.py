"""The reader: what it takes from the header, what it tolerates, and where it refuses to guess."""

from __future__ import annotations

import pytest

import schemas
from schemas.content import Content, Invalid
from schemas.edxml import limits
from schemas.xml import SMALL
from tests.messages import RECIPIENT, SENDER, edoc, read, status

DOCUMENT = "000.00.05.H62,2025/11/03,15/QĐ-UBND"


def changed(body: bytes, old: str, new: str) -> bytes:
    text = body.decode()
    assert old in text
    return text.replace(old, new, 1).encode()


def refused(body: bytes) -> Invalid:
    with pytest.raises(Invalid) as caught:
        read(body)
    return caught.value


def in_header(element: str) -> bytes:
    """A new document with one more element at the end of its MessageHeader."""
    return changed(edoc(), "</edXML:MessageHeader>", f"{element}</edXML:MessageHeader>")


def test_a_document_without_business_is_new() -> None:
    """An absent Bussiness means type 0."""
    body = edoc().decode()
    start, end = body.index("      <edXML:TraceHeaderList>"), body.index("    </edXML:edXMLHeader>")

    assert read((body[:start] + body[end:]).encode()).kind == "new"


def test_the_view_has_what_is_there_and_nothing_else() -> None:
    """People see number, type, dates, signer and names; absent things have no empty line."""
    view = read(changed(edoc(), "<edXML:Place>Vĩnh Yên</edXML:Place>", "")).view

    assert view == {
        "number": "15/QĐ-UBND",
        "type_name": "Quyết định",
        "promulgation_date": "2025/11/03",
        "due_date": "2025/11/10",
        "signer": "Nguyễn Văn An",
        "reason": "Văn bản điện tử mới",
        "sender_name": f"Đơn vị {SENDER}",
        "recipient_names": {RECIPIENT: f"Đơn vị {RECIPIENT}"},
    }


def test_the_view_of_a_status_says_it_in_vietnamese() -> None:
    """A status shows its code with the standard's words, its description and its time."""
    assert read(status(code="03", description="Đã vào sổ")).view == {
        "number": "15/QĐ-UBND",
        "promulgation_date": "2025/11/03",
        "status_code": "03",
        "status_text": "Đã tiếp nhận",
        "description": "Đã vào sổ",
        "timestamp": "2025/11/03 08:30:00",
        "sender_name": f"Đơn vị {RECIPIENT}",
    }


def test_a_code_that_is_defined_nowhere_is_taken() -> None:
    """Codes 07 to 12 and 14 have no meaning; they are kept as they are."""
    content = read(status(code="09"))

    assert content.kind == "09"
    assert "status_text" not in content.view


def test_a_one_digit_code_gets_its_zero_back() -> None:
    """A code that lost its leading zero is read, with a warning."""
    content = read(status(code="3"))

    assert content.kind == "03"
    assert len(content.warnings) == 1


def test_a_block_named_status_is_a_status() -> None:
    """Some guides call the block Status."""
    body = status().decode().replace("MessageHeader", "Status").encode()

    assert read(body).type == "status"


def test_a_document_that_has_a_status_code_is_a_document() -> None:
    """A DocumentId of its own makes it a document, whatever else stands there."""
    assert read(in_header("<edXML:StatusCode>01</edXML:StatusCode>")).type == "edoc"


def test_a_status_that_names_no_agency_has_no_recipient() -> None:
    """Whom to tell may be said by the caller; the reader leaves it open."""
    body = changed(status(), f"<edXML:OrganId>{SENDER}</edXML:OrganId>", "")

    assert read(body).recipients == ()
    assert read(body).respond_to == ""


def test_recipients_come_once_each_in_order() -> None:
    """To elements may repeat an agency; null and empty ones name none."""
    content = read(edoc(recipients=("B", "A", "null", "B", "C")))

    assert content.recipients == ("B", "A", "C")


def test_no_recipient_is_not_the_readers_business() -> None:
    """The caller may name the recipients."""
    assert read(edoc(recipients=())).recipients == ()


@pytest.mark.parametrize("priority", range(5))
def test_the_five_priorities_are_read(priority: int) -> None:
    """0 to 4 are taken as they are."""
    content = read(edoc(priority=priority))

    assert (content.priority, content.warnings) == (priority, ())


@pytest.mark.parametrize("text", ["5", "-1", "khẩn", "1.0", "٣"])
def test_a_priority_that_cannot_be_read_is_normal_with_a_warning(text: str) -> None:
    """A document is not refused for its priority."""
    content = read(changed(edoc(), "<edXML:Priority>0<", f"<edXML:Priority>{text}<"))

    assert content.priority == 0
    assert "Priority" in content.warnings[0]


def test_a_document_without_priority_is_normal() -> None:
    """Nothing said is nothing wrong."""
    content = read(changed(edoc(), "<edXML:Priority>0</edXML:Priority>", ""))

    assert (content.priority, content.warnings) == (0, ())


def test_a_document_id_is_opaque() -> None:
    """An impossible date inside does not matter; white space around it does not either."""
    content = read(edoc(document_id="  000.00.00.G22,2014/02/30,78/VPCP\n "))

    assert content.document_id == "000.00.00.G22,2014/02/30,78/VPCP"


def test_a_decomposed_id_is_the_composed_one() -> None:
    """Ids and codes are compared in NFC, as systems differ in how they write Vietnamese letters."""
    assert (
        read(edoc(document_id="15/Qu\u1ebft")).document_id == read(edoc(document_id="15/Que\u0302\u0301t")).document_id
    )


@pytest.mark.parametrize(
    ("kind", "targets"),
    [
        ("new", ("re-1",)),
        ("recall", ("old", DOCUMENT, "re-1")),
        ("update", ("old", DOCUMENT, "re-1")),
        ("replace", ("old", DOCUMENT, "re-1")),
    ],
)
def test_targets_come_in_the_safe_order(kind: str, targets: tuple[str, ...]) -> None:
    """Bussiness names the document, else the header does, else ResponseFor; a new document is about no other."""
    body = changed(
        edoc(kind=kind, target="old", document_id=DOCUMENT),
        "</edXML:MessageHeader>",
        "<edXML:ResponseFor><edXML:DocumentId>re-1</edXML:DocumentId></edXML:ResponseFor></edXML:MessageHeader>",
    )

    assert read(body).targets == targets


def test_replaced_documents_come_after_the_one_business_names() -> None:
    """A replacement may name one document for all and others beside it."""
    body = changed(
        edoc(kind="replace", target="old", document_id="own"),
        "<edXML:BussinessDocType>",
        "<edXML:DocumentId>first</edXML:DocumentId><edXML:BussinessDocType>",
    )

    assert read(body).targets == ("first", "old", "own")


def test_the_header_lists_every_element_with_text() -> None:
    """Markers are looked for in any element, known or not, and the signature is none of them."""
    body = changed(
        in_header('<m:Mat xmlns:m="urn:mark">Tối mật</m:Mat>'),
        "</edXML:edXMLHeader>",
        "<Signature><SignatureValue>AAAA</SignatureValue></Signature></edXML:edXMLHeader>",
    )
    header = read(body).header

    assert ("Mat", "Tối mật") in header
    assert header[0] == ("OrganId", SENDER)
    assert "SignatureValue" not in dict(header)


def test_elements_of_another_namespace_are_not_the_standards() -> None:
    """What only looks like an element of the standard decides nothing."""
    content = read(in_header('<x:DocumentId xmlns:x="urn:x">other</x:DocumentId>'))

    assert content.document_id == DOCUMENT


@pytest.mark.parametrize(
    "element",
    [
        "<edXML:DocumentId>second</edXML:DocumentId>",
        "<edXML:From><edXML:OrganId>X</edXML:OrganId></edXML:From>",
        "<edXML:Bussiness><edXML:BussinessDocType>1</edXML:BussinessDocType></edXML:Bussiness>",
    ],
)
def test_what_must_be_single_is_refused_double(element: str) -> None:
    """Where systems would pick different ones, none is picked."""
    assert refused(in_header(element)).code == "edxml.value"


def test_a_second_header_is_refused() -> None:
    """The same for whole headers."""
    body = edoc().decode()
    start, end = body.index("    <edXML:edXMLHeader>"), body.index("    <edXML:edXMLBody>")

    assert refused((body[:end] + body[start:end] + body[end:]).encode()).code == "edxml.value"


def test_a_header_in_another_place_does_not_count() -> None:
    """Only edXML/edXMLEnvelope/edXMLHeader is the header."""
    body = edoc().decode().replace("edXMLEnvelope", "Elsewhere").encode()

    assert refused(body).code == "edxml.missing"


def test_an_id_too_long_for_a_key_is_refused() -> None:
    """DocumentId and agency codes become keys and have a limit."""
    read(edoc(document_id="x" * limits.IDENTIFIER))

    assert refused(edoc(document_id="x" * (limits.IDENTIFIER + 1))).code == "edxml.value"
    assert refused(edoc(sender="x" * (limits.IDENTIFIER + 1))).code == "edxml.value"


def test_header_text_is_limited() -> None:
    """A header's text is held in memory and therefore limited; indentation is not text."""
    read(edoc(subject="x" * (limits.HEADER_TEXT - 4_000)))
    read(in_header(" " * 2 * limits.HEADER_TEXT))

    assert refused(edoc(subject="x" * 3 * limits.HEADER_TEXT)).code == "edxml.header_too_large"


def test_header_elements_are_limited() -> None:
    """So are its elements, empty or not."""
    assert refused(in_header("<edXML:Place/>" * (limits.HEADER_ELEMENTS + 100))).code == "edxml.header_too_large"


def test_all_recipients_that_are_allowed_fit_into_the_header() -> None:
    """Two thousand recipients with their names are taken, one more is not."""
    most = tuple(f"000.{number:04}.H62" for number in range(limits.RECIPIENTS))

    assert read(edoc(recipients=most)).recipients == most
    assert refused(edoc(recipients=(*most, "X"))).code == "edxml.too_many"


def test_recipients_are_counted_in_a_small_message_too() -> None:
    """Empty ones take up little room, and count."""
    read(in_header("<edXML:To/>" * (limits.RECIPIENTS - 1)))

    assert refused(in_header("<edXML:To/>" * limits.RECIPIENTS)).code == "edxml.too_many"


def test_a_message_says_the_same_however_large_it_is() -> None:
    """What is small is read at once and what is large as it comes, by the same rules."""
    body = in_header("<x:a xmlns:x='urn:x'>one<x:b> two </x:b>\u00a0three<x:c/>\n</x:a><Signature>s</Signature> four")

    assert read(body + b"\n" * SMALL) == read(body)


def test_a_new_reader_is_made_by_format() -> None:
    """The package hands out a reader per body, and knows its formats."""
    assert schemas.reader() is not schemas.reader()
    with pytest.raises(KeyError):
        schemas.reader("pdf")


def test_reading_in_pieces_gives_the_same() -> None:
    """Byte by byte or at once, the content is the same."""
    body = edoc(attachments=(("a.pdf", bytes(range(256))), ("b.pdf", b"")))
    whole: Content = read(body)

    assert read(body, 1) == read(body, 7) == whole
