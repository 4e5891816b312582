"""Rules that bind several elements of a message together."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from schemas.edxml import limits
from schemas.edxml.codes import Business
from schemas.edxml.document_types import Group, named
from schemas.edxml.models.header import DocumentType
from schemas.edxml.models.messages import Edoc, Status
from schemas.edxml.models.people import Organ
from schemas.edxml.models.trace import Bussiness
from schemas.edxml.statuses import KINDS

_BUSINESS = "TraceHeaderList/Bussiness"
# By the decisions on agency codes; codes of others, which we only repeat, are taken as they are.
_ORGAN_ID = 35


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong, under a refusal code of the bus."""

    code: str
    detail: str


def edoc_sense(message: Edoc) -> Iterator[Problem]:
    """Of a document."""
    header, business = message.message_header, message.trace_header_list.bussiness
    yield from _codes((header.from_, *header.to))
    if len(header.document_id) > limits.IDENTIFIER:
        yield Problem("edxml.value", f"MessageHeader/DocumentId is longer than {limits.IDENTIFIER} characters")
    if header.document_type is not None:
        yield from _document_type(header.document_type)
    yield from _business(business)
    answered = {one.document_id for one in header.response_for}
    if business.bussiness_doc_type in {Business.RECALL, Business.UPDATE} and business.document_id not in answered:
        yield Problem("edxml.missing", "MessageHeader/ResponseFor for the document that Bussiness names")


def status_sense(message: Status) -> Iterator[Problem]:
    """Of a status."""
    header = message.message_header
    yield from _codes((header.from_,))
    kind = KINDS.get(header.status_code)
    if kind is None:
        yield Problem("edxml.value", f"MessageHeader/StatusCode {header.status_code!r} is defined nowhere")
    elif kind.reason and not header.description:
        yield Problem("edxml.missing", f"MessageHeader/Description, the reason of a {header.status_code}")


def _codes(organs: tuple[Organ, ...]) -> Iterator[Problem]:
    for organ in organs:
        if len(organ.organ_id) > _ORGAN_ID:
            yield Problem("edxml.value", f"OrganId {organ.organ_id[:_ORGAN_ID]}… is longer than {_ORGAN_ID} characters")


def _document_type(said: DocumentType) -> Iterator[Problem]:
    """A name of the annex goes with its codes; another name, such as the Decree's Phiếu báo, goes without detail."""
    kinds = [kind for group in Group if (kind := named(said.type_name, group))]
    if kinds:
        right = (said.type, said.type_detail, said.type_name) in {(kind.group, kind.index, kind.name) for kind in kinds}
    else:
        right = said.type in set(Group) and said.type_detail is None
    if not right:
        yield Problem(
            "edxml.value", f"MessageHeader/DocumentType {said.type_name!r} has not the annex's name and codes"
        )


def _business(business: Bussiness) -> Iterator[Problem]:
    kind = business.bussiness_doc_type
    needed = {
        "BussinessDocReason": (kind is not Business.NEW, business.bussiness_doc_reason),
        "DocumentId": (kind in {Business.RECALL, Business.UPDATE}, business.document_id),
        "BussinessDocumentInfo": (kind is Business.UPDATE, business.bussiness_document_info),
        "ReplacementInfoList": (kind is Business.REPLACE, business.replacement_info_list),
    }
    for element, (must, value) in needed.items():
        if must and not value:
            yield Problem("edxml.missing", f"{_BUSINESS}/{element}")
