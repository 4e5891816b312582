"""The two kinds of message."""

from __future__ import annotations

from typing import ClassVar

from schemas.edxml.models.block import Block, Needed
from schemas.edxml.models.header import MessageHeader, ResponseFor
from schemas.edxml.models.people import Organ, StaffInfo
from schemas.edxml.models.trace import TraceHeaderList
from schemas.edxml.models.unknown import Extension
from schemas.edxml.values import Moment, StatusCode


class Edoc(Block):
    """A document message, its files apart."""

    message_header: MessageHeader
    trace_header_list: TraceHeaderList = TraceHeaderList()
    #: What was read and is not of the standard; refused in what we write ourselves.
    extensions: tuple[Extension, ...] = ()


class StatusResponse(ResponseFor):
    """As in a document, in the order of statuses. ``document_id`` is as the document's sender wrote it."""

    wire_order: ClassVar[tuple[str, ...]] = ("organ_id", "code", "promulgation_date", "document_id")


class StatusStaff(StaffInfo):
    """As in a document, in the order of statuses."""

    wire_order: ClassVar[tuple[str, ...]] = ("department", "staff", "mobile", "email", "department_id", "staff_id")


class StatusHeader(Block):
    """``from_`` tells ``response_for.organ_id`` what became of ``response_for.document_id``."""

    from_: Organ
    response_for: StatusResponse
    staff_info: StatusStaff | None = None
    #: Two digits. See :mod:`schemas.edxml.statuses`.
    status_code: Needed[StatusCode]
    description: str = ""
    timestamp: Needed[Moment] = None


class Status(Block):
    """A status message."""

    message_header: StatusHeader
    #: As in :class:`Edoc`.
    extensions: tuple[Extension, ...] = ()


Message = Edoc | Status
