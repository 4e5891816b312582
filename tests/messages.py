"""Messages for tests, made by our own writer: the same arguments always make the same bytes."""

from __future__ import annotations

import io
import uuid
from collections.abc import Iterable, Sequence
from datetime import date, datetime

import schemas
from schemas.content import Content
from schemas.edxml.codes import BUSINESS_VI, Business
from schemas.edxml.models import (
    BusinessInfo,
    DocumentType,
    EdocFields,
    Enclosure,
    Organ,
    Reference,
    Replacement,
    Signer,
    StatusFields,
)
from schemas.edxml.writer import write_edoc, write_status

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
    fields = EdocFields(
        sender=_organ(sender),
        recipients=tuple(_organ(code) for code in recipients),
        document_id=name,
        subject=subject,
        number="15",
        notation="QĐ-UBND",
        place="Vĩnh Yên",
        promulgation_date=date(2025, 11, 3),
        document_type=DocumentType("Quyết định", detail=2),
        signer=Signer("Nguyễn Văn An", "Chủ tịch", "TM."),
        due_date=date(2025, 11, 10),
        priority=priority,
        business=_business(Business(kind), reason, target or name, recipients),
    )
    out = io.BytesIO()
    write_edoc(fields, [_enclosure(place, *file) for place, file in enumerate(attachments)], out)
    return out.getvalue()


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
    fields = StatusFields(
        sender=_organ(sender),
        response=Reference(name, respond_to, "15/QĐ-UBND", date(2025, 11, 3)),
        code=code,
        timestamp=datetime.strptime(timestamp, "%Y/%m/%d %H:%M:%S"),  # noqa: DTZ007 - the wire has no zone
        description=description,
    )
    out = io.BytesIO()
    write_status(fields, out)
    return out.getvalue()


def read(body: bytes, size: int = 0) -> Content:
    """What our reader makes of a body, fed in pieces of ``size`` bytes (all at once for 0)."""
    reader = schemas.reader()
    for place in range(0, len(body), size or len(body) or 1):
        reader.feed(body[place : place + size] if size else body)
    return reader.close()


def _organ(code: str) -> Organ:
    return Organ(code, name=f"Đơn vị {code}")


def _enclosure(place: int, name: str, data: bytes) -> Enclosure:
    return Enclosure(name, io.BytesIO(data), uid=str(uuid.uuid5(uuid.NAMESPACE_URL, f"{place}/{name}")))


def _business(kind: Business, reason: str | None, target: str, recipients: Sequence[str]) -> BusinessInfo:
    words = BUSINESS_VI[kind] if reason is None else reason
    if kind is Business.NEW:
        return BusinessInfo(kind, words)
    if kind is Business.REPLACE:
        return BusinessInfo(kind, words, replacements=(Replacement(target, tuple(recipients)),))
    return BusinessInfo(kind, words, document_id=target)
