"""Messages for tests, made by our own writer: the same arguments always make the same bytes."""

from __future__ import annotations

import io
import uuid
from collections.abc import Iterable, Sequence
from datetime import date, datetime

import schemas
from schemas.content import Content
from schemas.edxml.codes import BUSINESS_VI, Business, Priority
from schemas.edxml.enclose import Enclosure
from schemas.edxml.models import (
    Bussiness,
    BussinessDocumentInfo,
    Code,
    DocumentType,
    Edoc,
    Message,
    MessageHeader,
    Organ,
    OrganIdList,
    OtherInfo,
    PromulgationInfo,
    ReplacementInfo,
    ReplacementInfoList,
    SignerInfo,
    Status,
    StatusHeader,
    StatusResponse,
    TraceHeaderList,
)
from schemas.edxml.writer import write

SENDER = "000.00.05.H62"
RECIPIENT = "000.00.07.H62"
PDF = b"%PDF-1.4\n% a page in place of a document\n%%EOF\n"
TIMESTAMP = "2025/11/03 08:30:00"


def edoc(
    sender: str = SENDER,
    recipients: Sequence[str] = (RECIPIENT,),
    document_id: str | None = None,
    kind: str = "new",
    *,
    subject: str = "V/v thử nghiệm liên thông văn bản",
    attachments: Iterable[tuple[str, bytes]] = (("cong-van.pdf", PDF),),
    reason: str | None = None,
    target: str | None = None,
    priority: int = 0,
) -> bytes:
    """A document message. ``target`` is the document recalled, updated or replaced (the same id if not given)."""
    name = document_id if document_id is not None else f"{sender},2025/11/03,15/QĐ-UBND"
    header = MessageHeader(
        from_=_organ(sender),
        to=tuple(_organ(code) for code in recipients),
        document_id=name,
        subject=subject,
        code=Code(code_number="15", code_notation="QĐ-UBND"),
        promulgation_info=PromulgationInfo(place="Vĩnh Yên", promulgation_date=date(2025, 11, 3)),
        document_type=DocumentType(type=2, type_detail=2, type_name="Quyết định"),
        signer_info=SignerInfo(full_name="Nguyễn Văn An", position="Chủ tịch", competence="TM."),
        due_date=date(2025, 11, 10),
        other_info=OtherInfo(priority=Priority(priority)),
    )
    business = _business(Business(kind), reason, target or name, recipients)
    message = Edoc(message_header=header, trace_header_list=TraceHeaderList(bussiness=business))
    return written(message, [_enclosure(place, *file) for place, file in enumerate(attachments)])


def status(
    sender: str = RECIPIENT,
    respond_to: str = SENDER,
    document_id: str | None = None,
    code: str = "01",
    *,
    timestamp: str = TIMESTAMP,
    description: str = "Văn bản đã đến, văn thư chưa xử lý",
) -> bytes:
    """A status message of ``sender`` about a document of ``respond_to``; ``timestamp`` as on the wire."""
    name = document_id if document_id is not None else f"{respond_to},2025/11/03,15/QĐ-UBND"
    header = StatusHeader(
        from_=_organ(sender),
        response_for=StatusResponse(
            document_id=name, organ_id=respond_to, code="15/QĐ-UBND", promulgation_date=date(2025, 11, 3)
        ),
        status_code=code,
        timestamp=datetime.strptime(timestamp, "%Y/%m/%d %H:%M:%S"),  # noqa: DTZ007 - the wire has no zone
        description=description,
    )
    return written(Status(message_header=header))


def written(message: Message, enclosures: Sequence[Enclosure] = ()) -> bytes:
    """The message, unchecked: tests need messages that nobody should send."""
    out = io.BytesIO()
    write(message, out, enclosures, relaying=True)
    return out.getvalue()


def read(body: bytes, size: int = 0, kind: str = "") -> Content:
    """What our reader makes of a body of this kind (else: by how it begins), fed in pieces of ``size`` bytes (all at once for 0)."""
    reader = schemas.reader(kind or ("report" if body.startswith(b"{") else "edxml"))
    for place in range(0, len(body), size or len(body) or 1):
        reader.feed(body[place : place + size] if size else body)
    return reader.close()


def _organ(code: str) -> Organ:
    return Organ(organ_id=code, organ_name=f"Đơn vị {code}")


def _enclosure(place: int, name: str, data: bytes) -> Enclosure:
    return Enclosure(name, io.BytesIO(data), uid=str(uuid.uuid5(uuid.NAMESPACE_URL, f"{place}/{name}")))


def _business(kind: Business, reason: str | None, target: str, recipients: Sequence[str]) -> Bussiness:
    said = {"bussiness_doc_type": kind, "bussiness_doc_reason": BUSINESS_VI[kind] if reason is None else reason}
    if kind is Business.NEW:
        return Bussiness(**said)
    if kind is Business.REPLACE:
        replaced = ReplacementInfo(document_id=target, organ_id_list=OrganIdList(organ_id=tuple(recipients)))
        return Bussiness(**said, replacement_info_list=ReplacementInfoList(replacement_info=(replaced,)))
    changed = BussinessDocumentInfo(document_info=True, document_receiver=False) if kind is Business.UPDATE else None
    return Bussiness(**said, document_id=target, bussiness_document_info=changed)
