"""``/v1/uploads``: a body in pieces that a broken line does not undo, by the protocol tus 1.0.0 (https://tus.io).

Its core with the extensions creation, expiration and termination; beyond it stands one call that has the whole body accepted as
if it had been posted at once.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import asdict, replace
from typing import Annotated, Any

from fastapi import APIRouter, Header, Path, Request, Response
from pydantic import BaseModel, Field

from adapters.api.door import TheCaller, TheDesk, header_of
from adapters.api.intake import take
from adapters.api.messages import ACCEPTED, SendHeaders
from adapters.api.models import Accepted, CopyAccepted
from adapters.api.refusals import SENDING, Responses, described
from adapters.api.tus import PIECE_TYPE, SPOKEN, Announced, Place, Tus, TusRoute, spoken, stand, told
from bus.clock import iso
from bus.desk import Caller, Desk
from bus.errors import Rejected
from bus.parcels import Upload

_PREFIX = "/v1/uploads"
_PIECE = 256 << 10
#: What a call without a key may be refused for.
_OPEN = ("request.header_too_large", "bus.busy", "bus.stopping", "bus.fault")

UploadId = Annotated[str, Path(max_length=64, examples=["01kbz6y3v9q2w4e6r8t0y1u3i5"])]
_PIECE_BODY = {
    "requestBody": {
        "required": True,
        "description": "The bytes from `Upload-Offset` on: as many as you like, of which what has come stays.",
        "content": {PIECE_TYPE: {"schema": {"type": "string", "format": "binary"}}},
    }
}


class UploadTold(BaseModel):
    """One upload."""

    id: str = Field(examples=["01kbz6y3v9q2w4e6r8t0y1u3i5"])
    length: int = Field(description="Bytes that were announced", examples=[73400320])
    offset: int = Field(description="Bytes that are on disk: the next piece begins here", examples=[8388608])
    expires_at: str = Field(description="Later with each piece", examples=["2026-03-03T01:30:00.000+00:00"])

    @classmethod
    def of(cls, upload: Upload) -> UploadTold:
        """From the bus's own words."""
        return cls(id=upload.id, length=upload.length, offset=upload.offset, expires_at=iso(upload.expires_at) or "")


class UploadList(BaseModel):
    """What is under way, oldest first."""

    uploads: list[UploadTold]


def router() -> APIRouter:
    """The calls of a sender whose bodies are large, or whose line is bad."""
    routes, one = APIRouter(prefix=_PREFIX, tags=["uploads"], route_class=TusRoute), "/{upload_id}"
    add = routes.add_api_route
    begun = {**told(201), **described("body.too_large", "upload.too_many", "upload.version")}
    taken = {
        **told(204),
        **_of_it("upload.offset", "upload.in_use", "request.media_type", "body.too_large", "body.truncated"),
    }
    whole = {**ACCEPTED, **described("not_found", "upload.in_use", "upload.incomplete", *SENDING)}
    add("", begin, methods=["POST"], status_code=201, summary="Begin an upload in pieces", responses=begun)
    add(
        "",
        speaks,
        methods=["OPTIONS"],
        status_code=204,
        summary="What of tus is spoken",
        responses={**SPOKEN, **described(always=_OPEN)},
        response_class=Response,
        openapi_extra={"security": []},
    )
    add("", listed, methods=["GET"], summary="Uploads that are under way, oldest first", responses=described())
    known = {**told(200), **_of_it()}
    add(one, stands, methods=["HEAD"], summary="How far an upload is", response_class=Response, responses=known)
    add(
        one,
        piece,
        methods=["PATCH"],
        status_code=204,
        summary="Send a piece",
        openapi_extra=_PIECE_BODY,
        responses=taken,
    )
    add(
        one, remove, methods=["DELETE"], status_code=204, summary="Give an upload up", responses=_of_it("upload.in_use")
    )
    path = one + "/message"
    add(path, send, methods=["POST"], status_code=202, summary="Have a whole upload accepted", responses=whole)
    return routes


def _of_it(*codes: str) -> Responses:
    return described("not_found", "upload.version", *codes)


def speaks(desk: TheDesk) -> Response:
    """Asks for no key: version, extensions, and the largest body."""
    return Response(status_code=204, headers=spoken(desk.max_bytes))


def begin(said: Annotated[Announced, Header()], response: Response, desk: TheDesk, caller: TheCaller) -> UploadTold:
    """Announces a body. `Location` is where its pieces go until `Upload-Expires`, which is later after each of them."""
    said.check()
    upload = desk.uploads.begin(caller.partner, said.upload_length)
    response.headers.update({"Location": f"/api{_PREFIX}/{upload.id}", **stand(upload)})
    return UploadTold.of(upload)


def listed(desk: TheDesk, caller: TheCaller) -> UploadList:
    """Those that were begun and neither accepted nor given up: whoever lost a `Location` finds it here."""
    return UploadList(uploads=[UploadTold.of(upload) for upload in desk.uploads.listed(caller.partner)])


def stands(upload_id: UploadId, said: Annotated[Tus, Header()], desk: TheDesk, caller: TheCaller) -> Response:
    """`Upload-Offset` is how many bytes are safe: after a broken line go on from there."""
    said.check()
    upload = desk.uploads.find(caller.partner, upload_id)
    return Response(headers={**stand(upload), "Cache-Control": "no-store"})


async def piece(
    upload_id: UploadId, said: Annotated[Place, Header()], request: Request, desk: TheDesk, caller: TheCaller
) -> Response:
    """Takes the next bytes. With the 204 they are on disk; of a piece that broke off, what had come is."""
    said.check()
    if (header_of(request, b"content-type") or b"").split(b";")[0].strip().lower() != PIECE_TYPE.encode():
        raise Rejected("request.media_type", f"expected {PIECE_TYPE}")
    announced = header_of(request, b"content-length") or b""
    size = int(announced) if announced.isdigit() else None
    upload = await desk.uploads.append(caller.partner, upload_id, said.upload_offset, request.stream(), size)
    return Response(status_code=204, headers=stand(upload))


def remove(upload_id: UploadId, said: Annotated[Tus, Header()], desk: TheDesk, caller: TheCaller) -> Response:
    """Forgets what has come. A message that was accepted stays accepted."""
    said.check()
    desk.uploads.remove(caller.partner, upload_id)
    return Response(status_code=204)


async def send(
    upload_id: UploadId, headers: Annotated[SendHeaders, Header()], response: Response, desk: TheDesk, caller: TheCaller
) -> Accepted:
    """Takes the whole body in as `POST /v1/messages` does, with the same headers, receipt and refusals.

    Repeated, it gives the same receipt for as long as the upload is kept. What was refused may be asked again with other
    headers, without sending the bytes again.
    """
    try:
        accepted = await _finished(desk, caller, upload_id, headers)
    except Rejected as rejection:
        if rejection.code == "secrecy.marked":  # nothing of it may stay
            await asyncio.to_thread(desk.uploads.remove, caller.partner, upload_id)
        raise
    response.headers["Location"] = f"/api/v1/messages/{accepted.id}"
    return accepted


async def _finished(desk: Desk, caller: Caller, upload_id: str, headers: SendHeaders) -> Accepted:
    with desk.uploads.held(upload_id):
        upload = await asyncio.to_thread(desk.uploads.find, caller.partner, upload_id)
        if upload.receipt is not None:
            return _again(upload.receipt)
        accepted = await _accept(desk, caller, upload, headers)
        await asyncio.to_thread(desk.uploads.accepted, upload, asdict(accepted))
    return accepted


def _again(receipt: Mapping[str, Any]) -> Accepted:
    copies = [CopyAccepted(**copy) for copy in receipt["copies"]]
    return Accepted(**{**receipt, "copies": copies, "repeated": True})


async def _accept(desk: Desk, caller: Caller, upload: Upload, headers: SendHeaders) -> Accepted:
    if upload.offset < upload.length:
        raise Rejected("upload.incomplete", f"{upload.offset} of {upload.length} bytes are here")
    wish = headers.wish()
    # A call key of its own where the sender names none: killed after the commit, it gets the first receipt again.
    named = replace(wish, idempotency_key=wish.idempotency_key or f"upload:{upload.id}")
    receipt = await take(desk, caller, _pieces(desk, upload), upload.length, named)
    return Accepted.of(receipt)


async def _pieces(desk: Desk, upload: Upload) -> AsyncIterator[bytes]:
    with await asyncio.to_thread(desk.uploads.open, upload) as reader:
        while data := await asyncio.to_thread(reader.read, _PIECE):
            yield data
