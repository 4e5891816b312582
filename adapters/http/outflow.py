"""Answers of faces that go out in pieces: a body as base64 inside JSON, a list as its rows are made."""

from __future__ import annotations

import asyncio
import codecs
import json
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from itertools import chain, islice
from typing import BinaryIO

import pybase64
from starlette.responses import StreamingResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from bus.errors import Rejected
from bus.message import Claim

Row = Mapping[str, object]

#: Bytes of a body read at a time; a multiple of three, so that pieces of base64 join without padding between them.
PIECE = 3 << 16
#: Rows made at a time, in a thread.
_ROWS = 1000


def encode(members: Row) -> bytes:
    """``members`` as compact JSON that any charset reads: pure ASCII."""
    return json.dumps(members, separators=(",", ":")).encode("ascii")


async def body_answer(
    claim: Claim, make: Callable[[AsyncIterator[bytes]], AsyncIterator[bytes]], length: int | None, media_type: str
) -> ASGIApp:
    """What ``make`` makes of the bytes of a claim, never whole in memory. Raises ``Rejected('not_found')`` where they
    were removed. ``length``: None where nobody knows.
    """
    try:
        body = await asyncio.to_thread(claim.open)
    except FileNotFoundError as error:
        raise Rejected("not_found", "the body was removed after its time of keeping") from error
    headers = {} if length is None else {"content-length": str(length)}
    pieces = make(_pieces(body, in_memory=claim.data is not None))
    return _closing(body, StreamingResponse(pieces, headers=headers, media_type=media_type))


async def base64_answer(head: bytes, claim: Claim, tail: bytes) -> ASGIApp:
    """JSON that holds the bytes as base64 between ``head`` and ``tail``."""
    length = len(head) + 4 * -(-claim.size // 3) + len(tail)

    async def made(pieces: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        yield head
        async for piece in pieces:
            yield pybase64.b64encode(piece)
        yield tail

    return await body_answer(claim, made, length, "application/json")


async def text_answer(head: bytes, claim: Claim, tail: bytes) -> ASGIApp:
    """JSON that holds the bytes, which are UTF-8, as text between ``head`` and ``tail``."""
    decoder = codecs.getincrementaldecoder("utf-8")()

    async def made(pieces: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        yield head
        async for piece in pieces:
            yield _quoted(decoder.decode(piece))
        yield _quoted(decoder.decode(b"", final=True)) + tail

    return await body_answer(claim, made, None, "application/json")


async def list_answer(head: Row, rows: Callable[[], Iterator[Row]]) -> ASGIApp:
    """``head`` with the rows as ``data``, as they are made. The first piece is made before it is said that all is well."""
    pieces = _listed(head, rows)
    first = await asyncio.to_thread(next, pieces)
    return StreamingResponse(chain([first], pieces), media_type="application/json")


def _listed(head: Row, rows: Callable[[], Iterator[Row]]) -> Iterator[bytes]:
    """JSON in pieces; made in threads, for a national directory has a hundred thousand rows."""
    made = map(encode, rows())
    piece = encode(head)[:-1] + b',"data":[' + b",".join(islice(made, _ROWS))
    while piece:
        yield piece
        piece = b"".join(b"," + row for row in islice(made, _ROWS))
    yield b"]}"


def _quoted(text: str) -> bytes:
    """Text as it stands inside a JSON string."""
    return json.dumps(text)[1:-1].encode("ascii")


async def _pieces(body: BinaryIO, *, in_memory: bool) -> AsyncIterator[bytes]:
    while piece := body.read(PIECE) if in_memory else await asyncio.to_thread(body.read, PIECE):
        yield piece


def _closing(body: BinaryIO, answer: ASGIApp) -> ASGIApp:
    """``answer``, after which ``body`` is closed however it ended."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        with body:
            await answer(scope, receive, send)

    return app
