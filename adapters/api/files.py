"""``/v1/files``: attached files by signed links, for peers that fetch; the link is all they need.

What comes from afar is never shown in the bus's name: a browser is told to save it, and to guess nothing.
"""

from __future__ import annotations

import asyncio
import unicodedata
from collections.abc import AsyncIterator
from contextlib import ExitStack
from typing import Annotated, Any, BinaryIO
from urllib.parse import quote

from fastapi import APIRouter, Header, Path
from pydantic import BaseModel, Field
from starlette.responses import Response, StreamingResponse
from starlette.types import Message, Receive, Scope, Send

from adapters.api.door import TheCaller, TheDesk
from adapters.api.guarded import GuardedRoute
from adapters.api.mailbox import DocId
from adapters.api.ranges import Part, etag, has_it, part_of
from adapters.api.refusals import Responses, described
from adapters.api.streams import described as headers_of
from bus.papers import File, Papers
from bus.parcels import FILES
from schemas.edxml.fields import fields_of
from schemas.edxml.models.messages import Status

_PIECE = 64 << 10
#: Seconds in which whoever fetches has to take a piece.
_PATIENCE = 60.0
_ALWAYS = ("request.header_too_large", "bus.busy", "bus.stopping", "bus.fault")
_SAFE = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "private, no-store",
}
_BYTES = {"*/*": {"schema": {"type": "string", "format": "binary"}}}
_HEADERS = {
    "Content-Disposition": {
        "schema": {"type": "string"},
        "example": "attachment; filename=\"Bao cao.pdf\"; filename*=UTF-8''B%C3%A1o%20c%C3%A1o.pdf",
    },
    "ETag": {"schema": {"type": "string"}, "description": "The SHA-256 of the file", "example": '"5feceb66…"'},
    "Accept-Ranges": {"schema": {"type": "string"}, "example": "bytes"},
}
_RANGE = {"Content-Range": {"schema": {"type": "string"}, "example": "bytes 0-1023/73211"}}
_KNOWN: Responses = {304: {"description": "`If-None-Match` names the file: it is not sent again"}}
_LOOKED: Responses = {200: {"description": "What GET would answer with", "headers": _HEADERS}, **_KNOWN}
_FILE: Responses = {
    200: {
        "description": "The file, decoded and out of the ZIP it travelled in; `Content-Digest` holds its SHA-256",
        "content": _BYTES,
        "headers": _HEADERS,
    },
    206: {
        "description": "The part of it that `Range` asked for; `Repr-Digest` holds the SHA-256 of the whole",
        "content": _BYTES,
        "headers": {**_HEADERS, **_RANGE},
    },
    **_KNOWN,
}
Token = Annotated[str, Path(description="The end of a link", examples=["k3n0…"])]


class FileTold(BaseModel):
    """One attached file."""

    name: str = Field(examples=["bao-cao.pdf"])
    media_type: str = Field(description="By its name", examples=["application/pdf"])
    description: str = Field(examples=[""])
    size: int = Field(description="Bytes of the file itself", examples=[73211])
    sha256: str = Field(examples=["5feceb66ffc86f38d952786c6d696c79c2dbc239dd4e91b46729d73a27fb57e9"])
    url: str = Field(
        description="Where it may be fetched for a while, without a key; a path below the bus's own address where that is not known",
        examples=["/api/v1/files/k3n0…"],
    )

    @classmethod
    def of(cls, file: File) -> FileTold:
        """From the bus's own words."""
        return cls(
            name=file.name,
            media_type=file.media_type,
            description=file.description,
            size=file.body.size,
            sha256=file.sha256,
            url=file.link(),
        )


class MessageTold(BaseModel):
    """A message in the words of the standard."""

    type: str = Field(examples=["edoc"])
    fields: dict[str, Any] = Field(
        description="By the standard's element names (docs/conversions.md)",
        examples=[
            {"DocumentId": "000.00.05.H62,2026/03/02,15/QĐ-SNV", "Subject": "V/v báo cáo", "DueDate": "2026-03-09"}
        ],
    )
    files: list[FileTold]

    @classmethod
    def of(cls, papers: Papers) -> MessageTold:
        """From the bus's own words."""
        return cls(
            type="status" if isinstance(papers.said, Status) else "edoc",
            fields=fields_of(papers.said),
            files=[FileTold.of(file) for file in papers.files],
        )


def router() -> APIRouter:
    """The calls of peers that take a message as fields and files."""
    routes = APIRouter(prefix="/v1", tags=["files"], route_class=GuardedRoute)
    routes.add_api_route(
        "/mailbox/{doc_id}/fields",
        fields,
        methods=["GET"],
        summary="Fetch one as fields and links to its files",
        responses=described("not_found"),
    )
    routes.add_api_route(
        FILES.removeprefix("/api/v1") + "{token}",
        fetch,
        methods=["GET"],
        summary="Fetch a file by its link",
        response_class=StreamingResponse,
        responses={**_FILE, **described("not_found", "link.gone", "range.unsatisfiable", always=_ALWAYS)},
        openapi_extra={"security": []},
    )
    routes.add_api_route(
        FILES.removeprefix("/api/v1") + "{token}",
        look,
        methods=["HEAD"],
        summary="Look at a file by its link",
        response_class=Response,
        responses={**_LOOKED, **described("not_found", "link.gone", always=_ALWAYS)},
        openapi_extra={"security": []},
    )
    return routes


async def fields(doc_id: DocId, desk: TheDesk, caller: TheCaller) -> MessageTold:
    """What waits in the mailbox, without edXML: its fields, and a link to each file. May be repeated, and ends with an ack."""
    claim = await desk.settled(desk.mailbox.get(caller, doc_id))
    return await asyncio.to_thread(lambda: MessageTold.of(desk.files.papers(claim)))


class Wish(BaseModel):
    """What a peer says besides of the file it asks for."""

    range: str = Field(default="", description="One range of bytes", examples=["bytes=0-1023"])
    if_range: str = Field(default="", description="The ETag for which `Range` counts", examples=['"5feceb66…"'])
    if_none_match: str = Field(default="", description="ETags of what is there already", examples=['"5feceb66…"'])


class Look(BaseModel):
    """What a peer says besides of the file it looks at."""

    if_none_match: str = Field(default="", description="ETags of what is there already", examples=['"5feceb66…"'])


async def fetch(token: Token, said: Annotated[Wish, Header()], desk: TheDesk) -> Response:
    """Asks for no key: whoever has the link may fetch the file, or a part of it, until its time has passed."""
    with ExitStack() as until_sent:
        until_sent.enter_context(desk.files.place())
        file = await asyncio.to_thread(desk.files.linked, token)
        tag = etag(file.sha256)
        if has_it(said.if_none_match, tag):
            return Response(status_code=304, headers=_about(file))
        part = part_of(said.range, said.if_range, tag, file.body.size)
        reader = await asyncio.to_thread(file.body.open)
        until_sent.callback(reader.close)
        desk.files.handed_out()
        return FileResponse(file, part, reader, until_sent.pop_all())


async def look(token: Token, said: Annotated[Look, Header()], desk: TheDesk) -> Response:
    """Size, name and digest, without the file; also for who wants to go on where a fetch broke off."""
    with desk.files.place():
        file = await asyncio.to_thread(desk.files.linked, token)
    if has_it(said.if_none_match, etag(file.sha256)):
        return Response(status_code=304, headers=_about(file))
    return Response(headers={**headers_of(file.body.size, file.sha256), **_about(file)}, media_type=file.media_type)


def _about(file: File) -> dict[str, str]:
    """What is said of a file, whatever of it is sent."""
    named = {"Content-Disposition": disposition(file.name), "ETag": etag(file.sha256), "Accept-Ranges": "bytes"}
    return {**_SAFE, **named}


class FileResponse(StreamingResponse):
    """One file or a part of it; what was held for it is let go however the answer ends, also by a peer that takes nothing more."""

    def __init__(self, file: File, part: Part | None, reader: BinaryIO, held: ExitStack) -> None:
        told = headers_of(file.body.size, file.sha256)
        if part:
            length = {"content-length": str(part.stop - part.start), "repr-digest": told["content-digest"]}
            told = {**length, **part.headers}
        pieces = _pieces(reader, part or Part(0, file.body.size, file.body.size))
        super().__init__(pieces, 206 if part else 200, headers={**told, **_about(file)}, media_type=file.media_type)
        self._held = held

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def patient(message: Message) -> None:
            async with asyncio.timeout(_PATIENCE):
                await send(message)

        with self._held:
            await super().__call__(scope, receive, patient)


def disposition(name: str) -> str:
    """To be saved under its name (RFC 6266); software that knows no UTF-8 there gets the letters without their accents."""
    bare = unicodedata.normalize("NFKD", name.replace("đ", "d").replace("Đ", "D")).encode("ascii", "ignore").decode()
    simple = "".join(letter if letter.isprintable() and letter not in '"\\%' else "_" for letter in bare)
    return f"attachment; filename=\"{simple or 'file'}\"; filename*=UTF-8''{quote(name, safe='')}"


async def _pieces(reader: BinaryIO, part: Part) -> AsyncIterator[bytes]:
    """A part's bytes. What lies before it is read too, for it is decoded and unpacked on the way."""
    at = 0
    while at < part.stop and (piece := await asyncio.to_thread(reader.read, _PIECE)):
        wanted = piece[max(0, part.start - at) : part.stop - at]
        at += len(piece)
        if wanted:
            yield wanted
