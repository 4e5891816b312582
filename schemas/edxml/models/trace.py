"""The TraceHeaderList of a document: where it has been, and what it does to a document."""

from __future__ import annotations

from schemas.edxml.codes import Business
from schemas.edxml.models.block import Block, Needed
from schemas.edxml.models.people import StaffInfo
from schemas.edxml.values import BusinessCode, Flag, Moment, OrganCode, YesNo


class TraceHeader(Block):
    """One hop. The axis adds its own, in late years without its code."""

    organ_id: OrganCode = ""
    timestamp: Needed[Moment] = None


class Receiver(Block):
    """A recipient an update adds (``receiver_type`` true) or takes away."""

    organ_id: Needed[OrganCode] = ""
    receiver_type: Needed[Flag] = None


class ReceiverList(Block):
    """The recipients an update changes."""

    receiver: Needed[tuple[Receiver, ...]] = ()


class BussinessDocumentInfo(Block):
    """What an update changed: the document's data, its recipients."""

    document_info: Needed[Flag] = None
    document_receiver: Needed[Flag] = None
    receiver_list: ReceiverList | None = None


class OrganIdList(Block):
    """Agencies by their codes."""

    organ_id: Needed[tuple[OrganCode, ...]] = ()


class ReplacementInfo(Block):
    """A document that is replaced, and for whom."""

    document_id: Needed[str] = ""
    organ_id_list: Needed[OrganIdList | None] = None


class ReplacementInfoList(Block):
    """The documents that are replaced."""

    replacement_info: Needed[tuple[ReplacementInfo, ...]] = ()


class Bussiness(Block):
    """What the message does to a document; ``document_id`` is the one recalled or updated."""

    document_id: str = ""
    bussiness_doc_type: Needed[BusinessCode] = Business.NEW
    bussiness_doc_reason: str = ""
    #: A copy on paper follows.
    paper: YesNo = False
    bussiness_document_info: BussinessDocumentInfo | None = None
    replacement_info_list: ReplacementInfoList | None = None
    staff_info: StaffInfo | None = None


class TraceHeaderList(Block):
    """A document that says nothing of its business is new."""

    trace_header: tuple[TraceHeader, ...] = ()
    bussiness: Bussiness = Bussiness()
