"""Bodies on their way out, in pieces, with the digest a recipient can check them by."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import AsyncIterator
from typing import BinaryIO

from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from bus.errors import Rejected
from bus.message import Claim

_PIECE = 256 << 10
#: A byte order mark and white space, before which no packet begins.
_BEFORE = b"\xef\xbb\xbf \t\r\n"


class BodyResponse(StreamingResponse):
    """The bytes of a claim as they were accepted; the file is closed however the answer ends."""

    def __init__(self, claim: Claim, body: BinaryIO, first: bytes) -> None:
        pieces = _pieces(body, first, in_memory=claim.data is not None)
        media = "application/json" if first.lstrip(_BEFORE).startswith(b"{") else "application/xml"
        super().__init__(pieces, headers=described(claim.size, claim.sha256), media_type=media)
        self._body = body

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        with self._body:
            await super().__call__(scope, receive, send)


def described(size: int, sha256: str) -> dict[str, str]:
    """What the headers say of the bytes that follow."""
    digest = base64.b64encode(bytes.fromhex(sha256)).decode()
    return {"content-length": str(size), "content-digest": f"sha-256=:{digest}:"}


async def body_response(claim: Claim) -> BodyResponse:
    """The answer with these bytes. Raises ``Rejected('not_found')`` where they were removed."""
    try:
        body = await asyncio.to_thread(claim.open)
        return BodyResponse(claim, body, await asyncio.to_thread(body.read, _PIECE))
    except FileNotFoundError as error:
        raise Rejected("not_found", "the body was removed after its time of keeping") from error


async def _pieces(body: BinaryIO, first: bytes, *, in_memory: bool) -> AsyncIterator[bytes]:
    yield first
    while piece := body.read(_PIECE) if in_memory else await asyncio.to_thread(body.read, _PIECE):
        yield piece
