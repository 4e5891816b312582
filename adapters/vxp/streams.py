"""Bodies on their way out, in pieces: as they are, or as base64 inside the JSON of an answer."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import BinaryIO

import pybase64
from starlette.responses import StreamingResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from adapters.vxp.envelope import success
from bus.errors import Rejected
from bus.message import Claim

#: A multiple of three, so that pieces of base64 join without padding between them.
PIECE = 3 << 16


async def raw_answer(claim: Claim) -> ASGIApp:
    """The bytes as they were accepted."""
    body = await _opened(claim)
    pieces = _pieces(body, in_memory=claim.data is not None)
    return _closing(body, _answer(pieces, claim.size, "application/octet-stream"))


async def base64_answer(claim: Claim) -> ASGIApp:
    """An envelope that says yes and holds the bytes as base64 in ``data``, never whole in memory."""
    head, tail = success({})[:-1] + b',"data":"', b'"}'
    length = len(head) + 4 * -(-claim.size // 3) + len(tail)
    body = await _opened(claim)
    pieces = _pieces(body, in_memory=claim.data is not None)
    return _closing(body, _answer(_base64(head, pieces, tail), length, "application/json"))


def _answer(pieces: AsyncIterator[bytes], length: int, media_type: str) -> ASGIApp:
    return StreamingResponse(pieces, headers={"content-length": str(length)}, media_type=media_type)


async def _base64(head: bytes, pieces: AsyncIterator[bytes], tail: bytes) -> AsyncIterator[bytes]:
    yield head
    async for piece in pieces:
        yield pybase64.b64encode(piece)
    yield tail


async def _pieces(body: BinaryIO, *, in_memory: bool) -> AsyncIterator[bytes]:
    while piece := body.read(PIECE) if in_memory else await asyncio.to_thread(body.read, PIECE):
        yield piece


async def _opened(claim: Claim) -> BinaryIO:
    try:
        return await asyncio.to_thread(claim.open)
    except FileNotFoundError as error:
        raise Rejected("not_found", "the body was removed after its time of keeping") from error


def _closing(body: BinaryIO, answer: ASGIApp) -> ASGIApp:
    """``answer``, after which ``body`` is closed however it ended."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        with body:
            await answer(scope, receive, send)

    return app
