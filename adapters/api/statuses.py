"""``/v1/statuses``: what an agency says of a document, as JSON; the edXML is written and read here."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import APIRouter, Header, Response
from pydantic import BaseModel, ConfigDict, Field

from adapters.api.door import TheCaller, TheDesk
from adapters.api.guarded import GuardedRoute
from adapters.api.intake import take
from adapters.api.mailbox import DocId
from adapters.api.messages import ACCEPTED, CallHeaders
from adapters.api.messages import PREFIX as MESSAGES
from adapters.api.models import Accepted
from adapters.api.refusals import SENDING, described
from adapters.api.times import VIETNAM, Day, Moment
from bus.errors import Rejected
from bus.message import Claim
from schemas.content import Invalid
from schemas.edxml.load import load
from schemas.edxml.models.messages import Status, StatusHeader, StatusResponse, StatusStaff
from schemas.edxml.models.people import Organ
from schemas.edxml.values import Raw
from schemas.edxml.writer import write

#: What XML can carry.
_TEXT = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]*$"
Text = Annotated[str, Field(max_length=2000, pattern=_TEXT)]
Code = Annotated[str, Field(min_length=1, max_length=35, pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")]
_EXAMPLE: dict[str, Any] = {
    "from": "000.00.07.H62",
    "from_name": "Sở Tài chính",
    "about": {
        "sender": "000.00.05.H62",
        "document_id": "000.00.05.H62,2026/03/02,15/QĐ-SNV",
        "number": "15/QĐ-SNV",
        "promulgation_date": "2026-03-02",
    },
    "status_code": "03",
    "timestamp": "2026-03-02T09:12:44+07:00",
    "description": "Đã chuyển phòng chuyên môn",
    "staff": {"department": "Văn phòng", "staff": "Trần Thị Bình", "mobile": "", "email": "binh@example.vn"},
}


class _Said(BaseModel):
    model_config = ConfigDict(extra="forbid")


class About(_Said):
    """The document it is about, as its sender wrote it."""

    sender: Code = Field(description="The agency that sent the document, and is told")
    document_id: Annotated[Text, Field(min_length=1, max_length=200)]
    number: Text = Field(default="", description="Number and symbol")
    promulgation_date: Day | None = None


class Staff(_Said):
    """Whom to ask."""

    department: Text = ""
    staff: Text = ""
    mobile: Text = ""
    email: Text = ""


class StatusFields(_Said):
    """A status in the fields of the standard."""

    model_config = ConfigDict(json_schema_extra={"example": _EXAMPLE})

    from_: Code = Field(alias="from", description="The agency that says it: one of yours")
    from_name: Text = ""
    about: About
    status_code: str = Field(pattern=r"^[0-9]{2}$", description="01 to 06, 13, 15, 16 (QCVN 102:2016)")
    timestamp: Moment = Field(description="When it came to be; part of what tells one status from another")
    description: Text = Field(default="", description="Needed where the standard asks for a reason")
    staff: Staff | None = None


class StatusTold(BaseModel):
    """A status as it came, in the fields of the standard; dates that are none stand as they were written."""

    model_config = ConfigDict(
        populate_by_name=True, json_schema_extra={"example": {"doc_id": "01kbz6y3v5d8w3k0q2m4n6p8r2", **_EXAMPLE}}
    )

    doc_id: str
    from_: str = Field(alias="from")
    from_name: str
    about: dict[str, str]
    status_code: str
    timestamp: str
    description: str
    staff: dict[str, str] | None


def router() -> APIRouter:
    """The calls of whoever reads and writes no edXML."""
    routes, found = APIRouter(prefix="/v1", tags=["statuses"], route_class=GuardedRoute), described("not_found")
    add, sending = routes.add_api_route, {**ACCEPTED, **described(*SENDING)}
    add("/statuses", send, methods=["POST"], status_code=202, summary="Report a status, as JSON", responses=sending)
    add("/mailbox/{doc_id}/status", fetch, methods=["GET"], summary="Fetch a status, as JSON", responses=found)
    return routes


async def send(
    fields: StatusFields,
    headers: Annotated[CallHeaders, Header()],
    response: Response,
    desk: TheDesk,
    caller: TheCaller,
) -> Accepted:
    """Writes the status as edXML and takes it in as `POST /v1/messages` does. The same fields make the same bytes."""
    body = _written(fields)
    receipt = await take(desk, caller, _once(body), len(body), headers.wish())
    response.headers["Location"] = f"/api{MESSAGES}/{receipt.message_id}"
    return Accepted.of(receipt)


async def fetch(doc_id: DocId, desk: TheDesk, caller: TheCaller) -> StatusTold:
    """A status that waits in the mailbox; may be repeated, and ends with an ack like every other copy."""
    claim = await desk.settled(desk.mailbox.get(caller, doc_id))
    return await asyncio.to_thread(_told, doc_id, claim)


def _written(fields: StatusFields) -> bytes:
    out = io.BytesIO()
    try:
        write(_status(fields), out)
    except Invalid as invalid:
        raise Rejected(invalid.code, invalid.detail) from invalid
    return out.getvalue()


def _status(fields: StatusFields) -> Status:
    about = fields.about
    header = StatusHeader(
        from_=Organ(organ_id=fields.from_, organ_name=fields.from_name),
        response_for=StatusResponse(
            organ_id=about.sender,
            code=about.number,
            promulgation_date=about.promulgation_date,
            document_id=about.document_id,
        ),
        staff_info=StatusStaff(**fields.staff.model_dump()) if fields.staff else None,
        status_code=fields.status_code,
        description=fields.description,
        timestamp=fields.timestamp,
    )
    return Status(message_header=header)


def _told(doc_id: str, claim: Claim) -> StatusTold:
    """Raises ``Rejected('not_found')`` for what is no status."""
    try:
        with claim.open() as body:
            message = load(body).message
    except (FileNotFoundError, Invalid) as error:
        raise Rejected("not_found", "its body is no longer kept, or cannot be read whole") from error
    if not isinstance(message, Status):
        raise Rejected("not_found", "that copy is a document: fetch it with GET /v1/mailbox/{doc_id}")
    return _shown(doc_id, message.message_header)


def _shown(doc_id: str, said: StatusHeader) -> StatusTold:
    about, staff, at = said.response_for, said.staff_info, said.timestamp
    day = about.promulgation_date
    return StatusTold(
        doc_id=doc_id,
        from_=said.from_.organ_id,
        from_name=said.from_.organ_name,
        about={
            "sender": about.organ_id,
            "document_id": about.document_id,
            "number": about.code,
            "promulgation_date": day.text if isinstance(day, Raw) else day.isoformat() if day else "",
        },
        status_code=said.status_code,
        timestamp=at.text if isinstance(at, Raw) else at.replace(tzinfo=VIETNAM).isoformat() if at else "",
        description=said.description,
        staff=staff and {name: getattr(staff, name) for name in ("department", "staff", "mobile", "email")},
    )


async def _once(body: bytes) -> AsyncIterator[bytes]:
    yield body
