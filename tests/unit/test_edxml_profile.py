"""The conformance profile: strict when writing, tolerant when reading, a row for each of its topics."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import pybase64
import pytest

from schemas.content import Invalid
from schemas.edxml.codes import Business
from schemas.edxml.document_types import document_type, recognise
from schemas.edxml.enclose import Enclosure, Packing
from schemas.edxml.load import Loaded, load
from schemas.edxml.models import (
    DocumentType,
    Edoc,
    Extension,
    Status,
    TraceHeader,
    TraceHeaderList,
    Unknown,
)
from schemas.edxml.names import NAMESPACE
from schemas.edxml.values import Raw
from schemas.edxml.writer import write
from tests.edxml_models import EDOC, HEADER, STATUS


def out(message: Edoc | Status = EDOC, *enclosures: Enclosure) -> str:
    stream = io.BytesIO()
    write(message, stream, enclosures)
    return stream.getvalue().decode()


def header(**fields: object) -> Edoc:
    return Edoc(message_header=HEADER.model_copy(update=fields))


def refused(message: Edoc | Status) -> bool:
    try:
        out(message)
    except Invalid:
        return True
    return False


def into(text: str) -> Loaded:
    return load(io.BytesIO(text.encode()))


def changed(old: str, new: str, text: str = "") -> Loaded:
    text = text or out()
    assert old in text
    return into(text.replace(old, new))


def packed(name: str, packing: Packing = Packing.SDK) -> tuple[str, bool]:
    """The label of a file and whether its bytes are a ZIP."""
    text = out(EDOC, Enclosure(name, io.BytesIO(b"data"), packing=packing))
    content = re.search(r"ContentTransferEncoded [^>]*>([^<]*)<", text)
    labels = re.findall(r"ContentType>([^<\s]+)<", text)
    assert content
    assert labels[0] == labels[1]
    return labels[0], zipfile.is_zipfile(io.BytesIO(pybase64.b64decode(content[1])))


@dataclass(frozen=True)
class Row:
    write: Callable[[], bool]
    read: Callable[[], bool]


def prefix_written() -> bool:
    return "<edXML:Subject>Trích yếu</edXML:Subject>" in out() and "<edXML:edXMLHeader>" in out()


def prefix_read() -> bool:
    bare = out().replace(f' xmlns:edXML="{NAMESPACE}"', "").replace("edXML:", "")
    other = out().replace("edXML:", "q:").replace("xmlns:edXML", "xmlns:q")
    return into(bare).message == into(other).message == EDOC


def business_written() -> bool:
    return "<edXML:BussinessDocType>0</edXML:BussinessDocType>" in out()


def business_read() -> bool:
    absent = into(re.sub(r"<edXML:TraceHeaderList>.*</edXML:TraceHeaderList>", "", out(), flags=re.DOTALL))
    english = changed("DocType>0<", "DocType>1<", out().replace("Bussiness", "Business"))
    return absent.message == EDOC and bussiness_type(english) is Business.RECALL


def bussiness_type(found: Loaded) -> Business:
    assert isinstance(found.message, Edoc)
    return found.message.trace_header_list.bussiness.bussiness_doc_type


def dates_written() -> bool:
    raw = STATUS.message_header.model_copy(update={"timestamp": Raw("hôm nay")})
    texts = "<edXML:PromulgationDate>2025/11/03<" in out() and "<edXML:Timestamp>2025/11/03 08:30:00<" in out(STATUS)
    return texts and refused(Status(message_header=raw))


def dates_read() -> bool:
    days = ("03/11/2025", "2025-11-03", "2025-11-03T08:30:00", "2025-11-02T20:30:00Z")
    read = [changed(">2025/11/03<", f">{text}<").message == EDOC for text in days]
    kept = changed(">2025/11/03<", ">30/02/2025<")
    assert isinstance(kept.message, Edoc)
    info = kept.message.message_header.promulgation_info
    return all(read) and info is not None and info.promulgation_date == Raw("30/02/2025") and len(kept.warnings) == 1


def attachments_written() -> bool:
    sdk = {name: packed(name) for name in ("a.pdf", "a.zip", "a.xlsx")}
    return sdk == {
        "a.pdf": ("application/pdf", False),
        "a.zip": ("application/zip", False),
        "a.xlsx": ("application/zip", True),
    } and packed("a.pdf", Packing.ZIP_ALL) == ("application/zip", True)


def attachments_read() -> bool:
    """The label lies: a packed file that says it is a PDF is unpacked all the same."""
    text = out(EDOC, Enclosure("a.pdf", io.BytesIO(b"data"), packing=Packing.ZIP_ALL))
    sink = io.BytesIO()
    load(io.BytesIO(text.replace("application/zip", "application/pdf").encode()), lambda _: sink)
    return sink.getvalue() == b"data"


def cid_written() -> bool:
    ids = re.findall(r"ContentId>cid:([0-9a-f-]{36})<", out(EDOC, Enclosure("a.pdf", io.BytesIO(b""))))
    return len(ids) == 2 and ids[0] == ids[1]


def cid_read() -> bool:
    text = out(EDOC, Enclosure("a.pdf", io.BytesIO(b"")))
    return changed("<ContentId>cid:", "<ContentId>", text).warnings == ()


def response_written() -> bool:
    return "ResponseFor" not in out()


def response_read() -> bool:
    one = "<edXML:ResponseFor><edXML:DocumentId>x</edXML:DocumentId></edXML:ResponseFor>"
    counts = []
    for many in ("<edXML:ResponseFor />", one, one * 3):
        message = changed("</edXML:MessageHeader>", f"{many}</edXML:MessageHeader>").message
        assert isinstance(message, Edoc)
        counts.append(len(message.message_header.response_for))
    return counts == [0, 1, 3]


def type_written() -> bool:
    wrong = DocumentType(type=18, type_detail=0, type_name="Công văn")
    right = out(header(document_type=document_type("Công văn")))
    return refused(header(document_type=wrong)) and ">2</edXML:Type>" in right and ">18</edXML:TypeDetail>" in right


def type_read() -> bool:
    said = (
        DocumentType(type=18, type_detail=0, type_name="CÔNG VĂN"),
        DocumentType(type=1, type_detail=0, type_name="Co\u0302ng va\u0306n"),
        DocumentType(type=2, type_detail=18),
    )
    return all((kind := recognise(one)) is not None and kind.name == "Công văn" for one in said)


def trace_written() -> bool:
    hop = TraceHeader(organ_id="A", timestamp=datetime(2025, 11, 3))  # noqa: DTZ001 - the wire has no zone
    passed = EDOC.model_copy(update={"trace_header_list": TraceHeaderList(trace_header=(hop,))})
    return "<edXML:TraceHeader>" not in out() and "<edXML:TraceHeader>" in out(passed)


def trace_read() -> bool:
    hop = "<edXML:TraceHeader><edXML:Timestamp>2025/11/03 08:30:00</edXML:Timestamp></edXML:TraceHeader>"
    message = changed("<edXML:Bussiness>", f"{hop}<edXML:Bussiness>").message
    assert isinstance(message, Edoc)
    (found,) = message.trace_header_list.trace_header
    return found == TraceHeader(timestamp=datetime(2025, 11, 3, 8, 30))  # noqa: DTZ001 - the wire has no zone


def status_written() -> bool:
    return "<edXML:MessageHeader>" in out(STATUS) and "<edXML:Status>" not in out(STATUS)


def status_read() -> bool:
    return into(out(STATUS).replace("MessageHeader", "Status")).message == STATUS


def unknown_written() -> bool:
    extension = Extension(parent="edXML", element=Unknown(namespace="", local="x", text="y"))
    return refused(EDOC.model_copy(update={"extensions": (extension,)}))


def unknown_read() -> bool:
    found = changed("<edXML:Subject>", "<edXML:New>n</edXML:New><edXML:Subject>").message
    sent_on = io.BytesIO()
    write(found, sent_on, relaying=True)
    return [one.parent.rsplit("/", 1)[1] for one in found.extensions] == ["MessageHeader"] and (
        b">n</edXML:New>" in sent_on.getvalue()
    )


PROFILE = {
    "prefix": Row(prefix_written, prefix_read),
    "Bussiness": Row(business_written, business_read),
    "dates": Row(dates_written, dates_read),
    "attachments": Row(attachments_written, attachments_read),
    "cid": Row(cid_written, cid_read),
    "ResponseFor": Row(response_written, response_read),
    "Type": Row(type_written, type_read),
    "TraceHeader": Row(trace_written, trace_read),
    "Status node": Row(status_written, status_read),
    "unknown elements": Row(unknown_written, unknown_read),
}


@pytest.mark.parametrize("topic", PROFILE)
def test_writing_is_strict(topic: str) -> None:
    """Each topic has one form that is written."""
    assert PROFILE[topic].write()


@pytest.mark.parametrize("topic", PROFILE)
def test_reading_is_tolerant(topic: str) -> None:
    """Each topic has forms beside it that are read as the same."""
    assert PROFILE[topic].read()
