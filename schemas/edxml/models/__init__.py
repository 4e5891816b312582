"""What an edXML message says, as frozen values: read tolerantly into these, written strictly from them.

The words are the standard's, in snake_case (``from_`` is From); fields stand in the order in which the axis's own
software writes them. What is absent is ``None``, ``""`` or ``()``. In reading order: ``block`` what all have in
common, ``people`` agencies and persons, ``header`` and ``trace`` of a document, ``messages`` the two kinds.
"""

from __future__ import annotations

from schemas.edxml.models.block import Block
from schemas.edxml.models.files import FileLabel
from schemas.edxml.models.header import (
    Appendixes,
    Code,
    DocumentType,
    MessageHeader,
    OtherInfo,
    PromulgationInfo,
    ResponseFor,
    ResponseForTask,
    SignerInfo,
    ToPlaces,
)
from schemas.edxml.models.messages import Edoc, Message, Status, StatusHeader, StatusResponse, StatusStaff
from schemas.edxml.models.people import Organ, StaffInfo
from schemas.edxml.models.trace import (
    Bussiness,
    BussinessDocumentInfo,
    OrganIdList,
    Receiver,
    ReceiverList,
    ReplacementInfo,
    ReplacementInfoList,
    TraceHeader,
    TraceHeaderList,
)
from schemas.edxml.models.unknown import Extension, Unknown

__all__ = [
    "Appendixes",
    "Block",
    "Bussiness",
    "BussinessDocumentInfo",
    "Code",
    "DocumentType",
    "Edoc",
    "Extension",
    "FileLabel",
    "Message",
    "MessageHeader",
    "Organ",
    "OrganIdList",
    "OtherInfo",
    "PromulgationInfo",
    "Receiver",
    "ReceiverList",
    "ReplacementInfo",
    "ReplacementInfoList",
    "ResponseFor",
    "ResponseForTask",
    "SignerInfo",
    "StaffInfo",
    "Status",
    "StatusHeader",
    "StatusResponse",
    "StatusStaff",
    "ToPlaces",
    "TraceHeader",
    "TraceHeaderList",
    "Unknown",
]
