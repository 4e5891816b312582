"""``/v1/mailbox``: what waits for the caller's agencies; fetch it, keep it safe, then ack it."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import StreamingResponse

from adapters.api.door import TheCaller, TheDesk
from adapters.api.guarded import GuardedRoute
from adapters.api.models import Ack, Acked, MessageType, Waiting, WaitingList
from adapters.api.refusals import described
from adapters.api.streams import BodyResponse, body_response
from adapters.api.times import Aware, to_micros

_BYTES: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The bytes as the sender sent them; `Content-Digest` holds their SHA-256 (RFC 9530)",
        "content": {
            "application/xml": {"schema": {"type": "string", "format": "binary"}},
            "application/json": {"schema": {}, "example": {}},
        },
        "headers": {
            "Content-Digest": {
                "schema": {"type": "string"},
                "example": "sha-256=:ypeBEsobvcr6wjGzmiPcTaeG7/gUfE5yuYB3ha/uSLs=:",
            }
        },
    }
}

DocId = Annotated[str, Path(max_length=64, examples=["01kbz6y3v5d8w3k0q2m4n6p8r2"])]


class Window(BaseModel):
    """Which of the waiting copies to list. What is asked by a name that is none is refused: it would list all of them."""

    model_config = ConfigDict(extra="forbid")

    type: MessageType = Field(default="edoc", description="Documents, statuses or packets of reports")
    start: Aware | None = Field(
        default=None, alias="from", description="Accepted at or after (ISO 8601 with offset; write `+` as `%2B`)"
    )
    end: Aware | None = Field(default=None, alias="to", description="Accepted at or before")
    limit: int = Field(default=1000, ge=1, le=1000)


def router() -> APIRouter:
    """The calls of a recipient."""
    routes = APIRouter(prefix="/v1/mailbox", tags=["mailbox"], route_class=GuardedRoute)
    add = routes.add_api_route
    add("", listed, methods=["GET"], summary="What waits, oldest first", responses=described())
    add(
        "/{doc_id}", fetch, methods=["GET"], summary="Fetch one", response_class=StreamingResponse,
        responses={**_BYTES, **described("not_found")},
    )  # fmt: skip
    settling = described("not_found", "ack.settled", "body.too_large", "body.truncated")
    add("/{doc_id}/ack", ack, methods=["POST"], summary="Say what you did with it", responses=settling)
    return routes


async def listed(desk: TheDesk, caller: TheCaller, window: Annotated[Window, Query()]) -> WaitingList:
    """Every copy not yet acked; fetching takes nothing off this list, only an ack does."""
    items = desk.mailbox.list(caller, window.type, to_micros(window.start), to_micros(window.end), window.limit)
    return WaitingList(items=[Waiting.of(item) for item in items])


async def fetch(doc_id: DocId, desk: TheDesk, caller: TheCaller) -> BodyResponse:
    """The bytes; may be repeated."""
    return await body_response(await desk.settled(desk.mailbox.get(caller, doc_id)))


async def ack(doc_id: DocId, word: Ack, desk: TheDesk, caller: TheCaller) -> Acked:
    """`done` and `fail` take it off the list and cannot be turned round; `processing` only tells the sender."""
    if word.status == "processing":
        future = desk.mailbox.processing(caller, doc_id)
    else:
        future = desk.mailbox.ack(caller, doc_id, done=word.status == "done", reason=word.reason)
    await desk.settled(future)
    return Acked(doc_id=doc_id, status=word.status)
