"""Messages that say everything the standard knows: what a conversion loses of them, it loses."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, TypeVar, get_args

from schemas.edxml.codes import Business, Priority, Steering
from schemas.edxml.document_types import document_type
from schemas.edxml.enclose import Enclosure
from schemas.edxml.models import (
    Block,
    Bussiness,
    Edoc,
    MessageHeader,
    Organ,
    ResponseFor,
    Status,
    StatusHeader,
    StatusResponse,
    TraceHeaderList,
)
from schemas.edxml.shape import Slot, shape
from tests.messages import written

B = TypeVar("B", bound=Block)
File = tuple[str, bytes]

_VALUES: Mapping[type, Any] = {
    date: date(2025, 11, 3),
    datetime: datetime(2025, 11, 3, 8, 30, 5),  # noqa: DTZ001 - the wire has no zone
    bool: True,
    int: 7,
    Priority: Priority.EXPRESS,
    Steering: Steering.REPORTS,
}


def document(
    sender: str, recipient: str, name: str, files: Sequence[File] = (), kind: Business = Business.NEW
) -> bytes:
    """A document with every element of its header; of a new one, without what only a change has."""
    header = whole(
        MessageHeader,
        from_=whole(Organ, organ_id=sender),
        to=(whole(Organ, organ_id=recipient), whole(Organ, organ_id="000.00.98.H62")),
        document_id=name,
        document_type=document_type("Quyết định"),
        response_for=(whole(ResponseFor, document_id=f"{name} trước"), whole(ResponseFor)),
        subject=f"V/v {name} <có dấu> & “ngoặc”",
    )
    business = whole(Bussiness, bussiness_doc_type=kind, document_id=f"{name} trước")
    if kind is Business.NEW:
        business = Bussiness(bussiness_doc_reason="Văn bản mới", paper=True, staff_info=business.staff_info)
    trace = whole(TraceHeaderList, bussiness=business)
    return written(Edoc(message_header=header, trace_header_list=trace), list(map(_enclosure, files)))


def status(sender: str, respond_to: str, name: str) -> bytes:
    """A status about a document with every element of its header."""
    header = whole(
        StatusHeader,
        from_=whole(Organ, organ_id=sender),
        response_for=whole(StatusResponse, organ_id=respond_to, document_id=name),
        status_code="03",
    )
    return written(Status(message_header=header))


def whole(kind: type[B], **given: Any) -> B:
    """The block with a value in each of its fields, where none is given."""
    return kind(**{slot.field: _value(kind, slot) for slot in shape(kind) if slot.field not in given}, **given)


def _value(kind: type[Block], slot: Slot) -> Any:
    if slot.block:
        return (whole(slot.block), whole(slot.block)) if slot.repeated else whole(slot.block)
    if slot.repeated:
        return (f"{slot.element} một", f"{slot.element} hai & “ba”")
    annotation = kind.model_fields[slot.field].annotation
    known = [_VALUES[one] for one in (annotation, *get_args(annotation)) if one in _VALUES]
    if annotation is Business:
        return Business.NEW
    return known[0] if known else f"{slot.element} <có dấu> & “ngoặc”"


def _enclosure(file: File) -> Enclosure:
    return Enclosure(file[0], io.BytesIO(file[1]), description=f"Mô tả {file[0]}", uid=f"uid-{file[0]}")
