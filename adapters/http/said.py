"""What a message says in its body, by the names templates have for it. What it does not say is ''."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from types import MappingProxyType

from adapters.http.filters import LOCAL
from bus.papers import Papers
from schemas.edxml.models import Edoc, MessageHeader, Organ, StatusHeader
from schemas.edxml.values import Raw

Read = Callable[[Papers], object]


def _of_edoc(read: Callable[[MessageHeader], object]) -> Read:
    return lambda papers: _plain(read(papers.said.message_header)) if isinstance(papers.said, Edoc) else ""


def _of_status(read: Callable[[StatusHeader], object]) -> Read:
    return lambda papers: "" if isinstance(papers.said, Edoc) else _plain(read(papers.said.message_header))


def _plain(value: object) -> object:
    """A value as templates have it: what could not be read is as it was written, what is not there is ''."""
    match value:
        case None:
            return ""
        case Raw():
            return value.text
        case datetime():
            return value if value.tzinfo else value.replace(tzinfo=LOCAL)
        case int() if not isinstance(value, bool):
            return int(value)
        case _:
            return value


def _names(organs: tuple[Organ, ...]) -> str:
    return "; ".join(organ.organ_name for organ in organs if organ.organ_name)


SAID: Mapping[str, Read] = MappingProxyType(
    {
        "number": _of_edoc(lambda header: header.code and header.code.code_number),
        "symbol": _of_edoc(lambda header: header.code and header.code.code_notation),
        "date": _of_edoc(lambda header: header.promulgation_info and header.promulgation_info.promulgation_date),
        "place": _of_edoc(lambda header: header.promulgation_info and header.promulgation_info.place),
        "documentType": _of_edoc(lambda header: header.document_type and header.document_type.type),
        "documentTypeDetail": _of_edoc(lambda header: header.document_type and header.document_type.type_detail),
        "documentTypeName": _of_edoc(lambda header: header.document_type and header.document_type.type_name),
        "content": _of_edoc(lambda header: header.content),
        "signer": _of_edoc(lambda header: header.signer_info and header.signer_info.full_name),
        "position": _of_edoc(lambda header: header.signer_info and header.signer_info.position),
        "competence": _of_edoc(lambda header: header.signer_info and header.signer_info.competence),
        "dueDate": _of_edoc(lambda header: header.due_date),
        "pages": _of_edoc(lambda header: header.other_info and header.other_info.page_amount),
        "amount": _of_edoc(lambda header: header.other_info and header.other_info.promulgation_amount),
        "senderName": lambda papers: papers.said.message_header.from_.organ_name,
        "recipientName": _of_edoc(lambda header: _names(header.to)),
        "statusCode": _of_status(lambda header: header.status_code),
        "statusText": _of_status(lambda header: header.description),
        "statusTime": _of_status(lambda header: header.timestamp),
        "respondTo": _of_status(lambda header: header.response_for.organ_id),
    }
)
