"""``/v1/messages``: send a message, and see what became of it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Header, Path, Query
from pydantic import BaseModel, ConfigDict, Field

from adapters.api.door import TheCaller, TheDesk
from adapters.api.guarded import GuardedRoute
from adapters.api.intake import Wish
from adapters.api.models import Accepted, MessageType, Sent, SentLine, SentList, StepTold, Trace, TransportState
from adapters.api.refusals import SENDING, Responses, described
from adapters.api.times import Aware, Moment, to_micros
from bus.errors import Rejected
from bus.sent import Sought

#: Below ``/api``.
PREFIX = "/v1/messages"

_BODY = {
    "requestBody": {
        "required": True,
        "description": "One edXML message (QCVN 102:2016), UTF-8, as it was signed: its bytes are carried unchanged.",
        "content": {"application/xml": {"schema": {"type": "string", "format": "binary"}}},
    }
}


#: What every call says that had a message accepted.
ACCEPTED: Responses = {
    202: {
        "headers": {"Location": {"schema": {"type": "string"}, "example": f"/api{PREFIX}/01kbz6y3v4m8a1c5e7g9j2x4z6"}}
    }
}


class CallHeaders(BaseModel):
    """What a sender may say of a call."""

    idempotency_key: str | None = Field(
        default=None,
        max_length=255,
        description="Names this call: with the same body it gets the first answer again, with another it is refused",
        examples=["snv-2026-000117"],
    )
    x_bus_expires: Moment | None = Field(
        default=None,
        description="After this moment delivering is pointless (ISO 8601 with offset)",
        examples=["2036-03-09T17:00:00+07:00"],
    )

    def wish(self) -> Wish:
        """In the bus's own words."""
        return Wish(idempotency_key=self.idempotency_key, expires_at=to_micros(self.x_bus_expires))


class SendHeaders(CallHeaders):
    """What a sender may say beside the body."""

    x_bus_recipients: str = Field(
        default="",
        description="Agency codes with commas between; they win over what the body lists",
        examples=["000.00.07.H62, 000.00.09.H62"],
    )
    x_bus_secrecy: str = Field(
        default="normal", description="Anything but `normal` is refused: nothing secret goes this way"
    )

    def wish(self) -> Wish:
        """In the bus's own words."""
        codes = map(str.strip, self.x_bus_recipients.split(","))
        return Wish(
            recipients=tuple(dict.fromkeys(filter(None, codes))),
            idempotency_key=self.idempotency_key,
            secrecy=self.x_bus_secrecy.strip().lower(),
            expires_at=to_micros(self.x_bus_expires),
        )


class Search(BaseModel):
    """Which of the copies you sent to list. What is asked by a name that is none is refused."""

    model_config = ConfigDict(extra="forbid")

    text: str = Field(
        default="",
        max_length=1000,
        description="Words of number, subject and names, accents or not; the last one need not be finished",
        examples=["bao cao thang 6"],
    )
    type: MessageType | None = Field(default=None, description="Documents, statuses or packets of reports")
    state: TransportState | None = Field(default=None, description="Where the copy is")
    recipient: str = Field(default="", max_length=100, pattern=r"^[^\x00]*$", examples=["000.00.07.H62"])
    start: Aware | None = Field(
        default=None, alias="from", description="Accepted at or after (ISO 8601 with offset; write `+` as `%2B`)"
    )
    end: Aware | None = Field(default=None, alias="to", description="Accepted before")
    after: str = Field(default="", max_length=100, description="What the page before called `next`")
    limit: int = Field(default=50, ge=1, le=1000)

    def sought(self) -> Sought:
        """In the bus's own words."""
        return Sought(
            type=self.type or "",
            state=self.state or "",
            recipient=self.recipient,
            text=self.text,
            since=to_micros(self.start),
            until=to_micros(self.end),
            after=self.after,
            limit=self.limit,
        )


MessageId = Annotated[str, Path(max_length=64, examples=["01kbz6y3v4m8a1c5e7g9j2x4z6"])]


def router() -> APIRouter:
    """The calls of a sender."""
    routes, found = APIRouter(prefix=PREFIX, tags=["messages"], route_class=GuardedRoute), described("not_found")
    add, sending = routes.add_api_route, {**ACCEPTED, **described(*SENDING)}
    add("", send, methods=["POST"], status_code=202, summary="Send a message", openapi_extra=_BODY, responses=sending)
    add("", listed, methods=["GET"], summary="What you sent, newest first", responses=described())
    add("/{message_id}", show, methods=["GET"], summary="What became of a message you sent", responses=found)
    add("/{message_id}/trace", trace, methods=["GET"], summary="All that happened to a message", responses=found)
    return routes


async def send(_caller: TheCaller, _headers: Annotated[SendHeaders, Header()]) -> Accepted:
    """Takes a message in. 202 means it is on disk and the bus answers for it from here on."""
    # Stands here to be described: ``hot`` answers it before it would be called.
    raise NotImplementedError


def listed(desk: TheDesk, caller: TheCaller, search: Annotated[Search, Query()]) -> SentList:
    """The copies of what you sent that fit all that is asked. A list goes on with what a page calls `next`."""
    page = desk.outbox(caller, search.sought())
    return SentList(copies=[SentLine.of(copy) for copy in page.copies], next=page.next or None, behind=page.behind)


async def show(message_id: MessageId, desk: TheDesk, caller: TheCaller) -> Sent:
    """The message's copies, where each of them is now and what its recipient reported; for its sender only."""
    copies = desk.sent(caller, message_id=message_id)
    if not copies:
        raise Rejected("not_found", message_id)
    return Sent.of(copies, desk.lives(copies))


def trace(message_id: MessageId, desk: TheDesk, caller: TheCaller) -> Trace:
    """Every event of the message and its copies and every call to a partner, in order; for its sender only."""
    steps = desk.trace(caller, message_id)
    if not steps:
        raise Rejected("not_found", message_id)
    return Trace(steps=[StepTold.of(step) for step in steps])
