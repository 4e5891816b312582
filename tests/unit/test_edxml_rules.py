"""The hard rules of the wire form and the guards of attachments, a row for each way to break one.

What breaks a rule that systems would read differently is refused; what is only written in another way is read as
the same message. Numbers are those of the reference page's sections 3 and 4.5.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable

import pytest

from schemas.content import Invalid
from schemas.edxml import limits
from schemas.edxml.load import Loaded, load
from schemas.edxml.models import Edoc
from schemas.edxml.names import NAMESPACE
from schemas.edxml.values import Raw
from schemas.xml import MAX_DEPTH, MAX_ELEMENTS, MAX_TOKEN
from tests import zips
from tests.messages import PDF, edoc, read

HERE = f' xmlns:edXML="{NAMESPACE}"'
PLAIN = edoc(kind="recall").decode()


def changed(old: str, new: str, text: str = PLAIN) -> str:
    assert old in text
    return text.replace(old, new)


def added(element: str) -> str:
    return changed("</edXML:MessageHeader>", f"{element}</edXML:MessageHeader>")


def signed(signature: str) -> str:
    return changed("</edXML:edXMLHeader>", f"{signature}</edXML:edXMLHeader>")


def shuffled() -> str:
    """The children of MessageHeader from the last to the first."""
    start, end = PLAIN.index("<edXML:From>"), PLAIN.index("</edXML:MessageHeader>")
    children = re.findall(r"<(edXML:\w+)>.*?</\1>", PLAIN[start:end], re.DOTALL)
    blocks = [one[0] for one in re.finditer(r"<(edXML:\w+)>.*?</\1>", PLAIN[start:end], re.DOTALL)]
    assert len(children) == len(blocks) > 5
    return PLAIN[:start] + "".join(reversed(blocks)) + PLAIN[end:]


def doctype(text: str) -> str:
    return changed('encoding="UTF-8"?>', f'encoding="UTF-8"?><!DOCTYPE edXML {text}>')


def with_file(name: str, data: bytes) -> bytes:
    return edoc(kind="recall", attachments=((name, data),))


REFUSED: dict[str, tuple[str, Callable[[], str | bytes]]] = {
    "3.1 another encoding": ("xml.malformed", lambda: PLAIN.replace("UTF-8", "UTF-16").encode("utf-16")),
    "3.1 letters of another encoding": ("xml.malformed", lambda: edoc(subject="é").replace("é".encode(), b"\xe9")),
    "3.2 another root": ("edxml.not_edxml", lambda: re.sub(r"edXML(?= xmlns=|>\s*\Z)", "eDoc", PLAIN)),
    "3.2 another namespace": ("edxml.not_edxml", lambda: changed(NAMESPACE, "http://www.go.vn/eDoc")),
    "3.2 two namespaces": ("edxml.missing", lambda: changed(HERE, ' xmlns:edXML="urn:x"')),
    "3.3 a prefix nobody declares": ("xml.malformed", lambda: added("<x:a/>")),
    "3.4 no bytes": (
        "edxml.missing",
        lambda: re.sub(r"<edXML:ContentTransferEncoded.*</edXML:ContentTransferEncoded>", "", PLAIN),
    ),
    "3.11 a sender that is null": (
        "edxml.missing",
        lambda: PLAIN.replace("OrganId>000.00.05.H62<", "OrganId>null<"),
    ),
    "3.13 a document type": ("xml.dtd_forbidden", lambda: doctype("")),
    "3.13 an entity of a file": ("xml.dtd_forbidden", lambda: doctype('[<!ENTITY x SYSTEM "file:///etc/passwd">]')),
    "3.13 a document type far away": ("xml.dtd_forbidden", lambda: doctype('SYSTEM "http://example.invalid/x.dtd"')),
    "3.13 too deep": ("xml.too_deep", lambda: added("<x>" * MAX_DEPTH + "</x>" * MAX_DEPTH)),
    "3.13 too many elements": ("xml.too_deep", lambda: changed("</edXML>", "<x/>" * MAX_ELEMENTS + "</edXML>")),
    "3.13 too long a tag": ("xml.too_deep", lambda: added(f"<x a='{'x' * 3 * MAX_TOKEN}'/>")),
    "3.13 too much text": ("edxml.header_too_large", lambda: added(f"<x>{'x' * 2 * limits.HEADER_TEXT}</x>")),
    "4.5 no base64": ("edxml.bad_base64", lambda: re.sub("(Encoded xmlns[^>]*>)", r"\1*", PLAIN)),
    "4.5 no name": ("edxml.attachment_name", lambda: PLAIN.replace("<AttachmentName>cong-van.pdf", "<AttachmentName>")),
    "4.5 a name with a path": ("edxml.attachment_name", lambda: PLAIN.replace(">cong-van.pdf", ">../cong-van.pdf")),
    "4.5 a name with a drive": ("edxml.attachment_name", lambda: PLAIN.replace(">cong-van.pdf", ">C:cong-van.pdf")),
    "4.5 an entry with a path": ("edxml.attachment_name", lambda: with_file("a.doc", zips.named("../a.doc"))),
    "4.5 an entry that is too large": ("body.too_large", lambda: with_file("a.doc", zips.bomb())),
    "4.5 one entry, or two": (
        "edxml.value",
        lambda: with_file("a.doc", zips.last_listed_only(("x", b"1"), ("y", b"2"))),
    ),
}


@pytest.mark.parametrize("rule", REFUSED)
def test_a_broken_rule_is_refused(rule: str) -> None:
    """By both readers, with its code."""
    code, make = REFUSED[rule]
    made = make()
    body = made.encode() if isinstance(made, str) else made

    for reading in (read, lambda body: load(io.BytesIO(body), lambda _: io.BytesIO())):
        with pytest.raises(Invalid) as caught:
            reading(body)
        assert caught.value.code == code


def wrapped() -> str:
    return re.sub(
        "(ContentTransferEncoded[^>]*>)([^<]+)", lambda found: found[1] + "\r\n ".join(["", *found[2], ""]), PLAIN
    )


SAME: dict[str, Callable[[], str]] = {
    "3.1 no declaration": lambda: PLAIN[PLAIN.index("<edXML") :],
    "3.1 a byte order mark": lambda: "\ufeff" + PLAIN,
    "3.3 another prefix": lambda: PLAIN.replace("edXML:", "q:").replace("xmlns:edXML", "xmlns:q"),
    "3.3 no prefix": lambda: changed(HERE, "").replace("edXML:", ""),
    "3.4 files with a prefix": lambda: re.sub(
        r"(</?)(AttachmentEncoded|Attachment|AttachmentName|ContentId|ContentType)>",
        r"\1edXML:\2>",
        PLAIN.replace('UTF-8"?>\n<edXML ', f'UTF-8"?>\n<edXML{HERE} '),
    ),
    "3.4 files inside the envelope": lambda: re.sub(
        r"(\s*</edXML:edXMLEnvelope>)(.*)(\s*</edXML>)", r"\2\1\3", PLAIN, flags=re.DOTALL
    ),
    "3.5 a signature of no namespace": lambda: signed("<Signature><SignedInfo/></Signature>"),
    "3.5 a signature of its own": lambda: signed('<Signature xmlns="http://www.w3.org/2000/09/xmldsig#"/>'),
    "3.5 a signature that is empty": lambda: signed("<edXML:DigitalSignature/>"),
    "3.6 a day with dashes": lambda: changed(">2025/11/03<", ">2025-11-03<"),
    "3.7 a day of another order": lambda: changed(">2025/11/03<", ">03/11/2025<"),
    "3.8 another order": shuffled,
    "3.9 the ordinary spelling": lambda: PLAIN.replace("Bussiness", "Business"),
    "3.10 an empty container": lambda: added("<edXML:ResponseFor/><edXML:ToPlaces> </edXML:ToPlaces>"),
    "3.10 one with empty children": lambda: added(
        "<edXML:ResponseFor><edXML:OrganId/><edXML:Code> </edXML:Code></edXML:ResponseFor>"
    ),
    "3.10b a number that is empty": lambda: changed("<edXML:OtherInfo>", "<edXML:OtherInfo><edXML:PageAmount/>"),
    "3.11 a recipient that is null": lambda: changed(
        "<edXML:To>", "<edXML:To><edXML:OrganId>null</edXML:OrganId></edXML:To><edXML:To>"
    ),
    "4.5 ids without their mark": lambda: PLAIN.replace("<ContentId>cid:", "<ContentId>"),
    "4.5 base64 in lines": wrapped,
}


def whole(body: str) -> Loaded:
    return load(io.BytesIO(body.encode()))


@pytest.mark.parametrize("rule", SAME)
def test_another_way_of_writing_is_read_as_the_same(rule: str) -> None:
    """The same message, file for file, and the same event."""
    body = SAME[rule]()
    found, plain = whole(body), whole(PLAIN)

    assert body != PLAIN
    assert without_signature(found) == without_signature(plain)
    assert [one.attachment.sha256 for one in found.files] == [one.attachment.sha256 for one in plain.files]
    assert (found.content.kind, found.content.key) == (plain.content.kind, plain.content.key)


def without_signature(found: Loaded) -> Edoc:
    """The message; what stands where a signature does is no part of it."""
    assert isinstance(found.message, Edoc)
    kept = tuple(one for one in found.message.extensions if "Signature" not in one.element.local)
    return found.message.model_copy(update={"extensions": kept})


def test_3_6_a_day_that_is_none_is_kept_as_it_is() -> None:
    """With a warning."""
    found = whole(changed(">2025/11/10<", ">ngày mai<"))

    assert isinstance(found.message, Edoc)
    assert found.message.message_header.due_date == Raw("ngày mai")
    assert len(found.warnings) == 1


def test_3_11_a_hop_may_have_no_name() -> None:
    """Absent, null or empty."""
    hops = "<edXML:TraceHeader>{}<edXML:Timestamp>2025/11/03 08:30:00</edXML:Timestamp></edXML:TraceHeader>"
    names = ("", "<edXML:OrganId/>", "<edXML:OrganId>null</edXML:OrganId>")
    found = whole(changed("<edXML:Bussiness>", "".join(map(hops.format, names)) + "<edXML:Bussiness>"))

    assert isinstance(found.message, Edoc)
    assert [one.organ_id or "" for one in found.message.trace_header_list.trace_header] == ["", "", ""]


def test_3_12_a_document_id_is_opaque() -> None:
    """Whatever day it holds."""
    assert read(edoc(document_id="000.00.00.G22,2014/02/30,7806/X")).document_id == "000.00.00.G22,2014/02/30,7806/X"


def test_3_13_text_of_many_megabytes_is_taken() -> None:
    """The limits are of what is kept, and a file is not."""
    (file,) = read(edoc(attachments=(("a.pdf", bytes(8 << 20)),))).attachments

    assert file.size == 8 << 20


@pytest.mark.parametrize("label", ["application/pdf", "text/plain", "application/zip", "?"])
@pytest.mark.parametrize(
    ("name", "data", "unwrapped"),
    [
        ("a.pdf", zips.packed(("x.pdf", PDF)), True),
        ("a.zip", zips.packed(("x.pdf", PDF)), False),
        ("a.docx", zips.packed(("[Content_Types].xml", b"1"), ("word/document.xml", b"2")), False),
        ("a.pdf", PDF, False),
    ],
)
def test_4_5_the_bytes_decide_and_not_the_label(name: str, data: bytes, label: str, *, unwrapped: bool) -> None:
    """One entry under another name than .zip is unwrapped, whatever the message calls it."""
    text = re.sub("ContentType>[^<]*<", f"ContentType>{label}<", with_file(name, data).decode())
    (file,) = load(io.BytesIO(text.encode()), lambda _: io.BytesIO()).files

    assert file.unpacked
    assert (file.label.content_type, file.unpacked.unwrapped) == (label, unwrapped)


def test_4_5_a_manifest_that_names_other_files_is_a_warning() -> None:
    """Common, and harmless to us."""
    assert len(whole(changed("<ContentId>cid:", "<ContentId>other")).warnings) == 1
