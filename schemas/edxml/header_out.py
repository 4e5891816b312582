"""From the fields of a message to the elements of its header, in the order the axis's own software writes them."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone

from schemas.edxml.codes import BUSINESS, Business
from schemas.edxml.models import (
    BusinessInfo,
    DocumentType,
    EdocFields,
    Organ,
    Receiver,
    Reference,
    Replacement,
    Signer,
    Staff,
    StatusFields,
)
from schemas.edxml.nodes import Branch, Part, branch, branches, leaf

# Timestamps carry no zone; the country has one, without summer time.
_VIETNAM = timezone(timedelta(hours=7))


def edoc_header(fields: EdocFields) -> Branch:
    """The edXMLHeader of a document message."""
    message = branch(
        "MessageHeader",
        _organ("From", fields.sender),
        *(_organ("To", recipient) for recipient in fields.recipients),
        leaf("DocumentId", fields.document_id),
        branch("Code", leaf("CodeNumber", fields.number), leaf("CodeNotation", fields.notation)),
        branch(
            "PromulgationInfo",
            leaf("Place", fields.place),
            leaf("PromulgationDate", _day(fields.promulgation_date)),
        ),
        _document_type(fields.document_type),
        leaf("Subject", fields.subject),
        leaf("Content", fields.content),
        _signer(fields.signer),
        leaf("DueDate", _day(fields.due_date)),
        branch("OtherInfo", leaf("Priority", fields.priority)),
        *(_response(reference) for reference in fields.responses),
        leaf("SteeringType", fields.steering),
        branches("ToPlaces", (leaf("Place", place) for place in fields.to_places)),
    )
    return Branch("edXMLHeader", _there(message, branch("TraceHeaderList", _business(fields.business))))


def status_header(fields: StatusFields) -> Branch:
    """The edXMLHeader of a status message."""
    message = branch(
        "MessageHeader",
        _organ("From", fields.sender),
        _response(fields.response),
        _staff(fields.staff),
        leaf("StatusCode", fields.code),
        leaf("Description", fields.description),
        leaf("Timestamp", _moment(fields.timestamp)),
    )
    return Branch("edXMLHeader", _there(message))


def _there(*parts: Part | None) -> tuple[Part, ...]:
    return tuple(part for part in parts if part is not None)


def _organ(name: str, organ: Organ) -> Branch | None:
    return branch(
        name,
        leaf("OrganId", organ.organ_id),
        leaf("OrganizationInCharge", organ.in_charge),
        leaf("OrganName", organ.name),
        leaf("OrganAdd", organ.address),
        leaf("Email", organ.email),
        leaf("Telephone", organ.telephone),
        leaf("Fax", organ.fax),
        leaf("Website", organ.website),
    )


def _document_type(kind: DocumentType | None) -> Branch | None:
    if kind is None:
        return None
    return branch(
        "DocumentType",
        leaf("Type", kind.group),
        leaf("TypeDetail", kind.detail),
        leaf("TypeName", kind.name),
    )


def _signer(signer: Signer | None) -> Branch | None:
    if signer is None:
        return None
    return branch(
        "SignerInfo",
        leaf("Competence", signer.competence),
        leaf("Position", signer.position),
        leaf("FullName", signer.full_name),
    )


def _response(reference: Reference) -> Branch | None:
    return branch(
        "ResponseFor",
        leaf("OrganId", reference.organ_id),
        leaf("Code", reference.code),
        leaf("PromulgationDate", _day(reference.promulgation_date)),
        leaf("DocumentId", reference.document_id),
    )


def _staff(staff: Staff | None) -> Branch | None:
    if staff is None:
        return None
    return branch(
        "StaffInfo",
        leaf("Department", staff.department),
        leaf("Staff", staff.name),
        leaf("Email", staff.email),
        leaf("Mobile", staff.mobile),
    )


def _business(business: BusinessInfo) -> Branch | None:
    return branch(
        "Bussiness",
        leaf("DocumentId", business.document_id),
        leaf("BussinessDocType", _type_code(business.kind)),
        leaf("BussinessDocReason", business.reason),
        leaf("Paper", int(business.paper)),
        _document_info(business),
        branches("ReplacementInfoList", (_replacement(one) for one in business.replacements)),
        _staff(business.staff),
    )


def _type_code(kind: Business) -> str:
    return next(code for code, known in BUSINESS.items() if known is kind)


def _document_info(business: BusinessInfo) -> Branch | None:
    if business.kind is not Business.UPDATE:
        return None
    return branch(
        "BussinessDocumentInfo",
        leaf("DocumentInfo", 1),
        leaf("DocumentReceiver", int(bool(business.receivers))),
        branches("ReceiverList", (_receiver(one) for one in business.receivers)),
    )


def _receiver(receiver: Receiver) -> Branch | None:
    return branch("Receiver", leaf("OrganId", receiver.organ_id), leaf("ReceiverType", int(receiver.added)))


def _replacement(replacement: Replacement) -> Branch | None:
    return branch(
        "ReplacementInfo",
        leaf("DocumentId", replacement.document_id),
        branches("OrganIdList", (leaf("OrganId", organ_id) for organ_id in replacement.organ_ids)),
    )


def _day(day: date | None) -> str:
    return "" if day is None else day.strftime("%Y/%m/%d")


def _moment(moment: datetime) -> str:
    local = moment.astimezone(_VIETNAM) if moment.tzinfo else moment
    return local.strftime("%Y/%m/%d %H:%M:%S")
