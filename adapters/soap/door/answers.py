"""Answers that say yes: an envelope, whole, in rows, or around a document that is streamed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from itertools import chain, islice

import pybase64
from starlette.responses import Response, StreamingResponse
from starlette.types import ASGIApp

from adapters.http.outflow import body_answer
from adapters.soap.door.call import Call
from adapters.soap.wire import mtom
from adapters.soap.wire.writing import closing, elements, opening
from bus.message import Claim

Pairs = Iterable[tuple[str, object]]
#: Rows made at a time, in a thread.
_ROWS = 1000


def said(call: Call, pairs: Pairs, rows: Iterable[bytes] = ()) -> ASGIApp:
    """An answer of plain values, and of records behind them."""
    return Response(b"".join((_opening(call), members(pairs), *rows, _closing(call))), media_type=_type(call))


def members(pairs: Pairs) -> bytes:
    """Values as elements of ours; those that say nothing are left out."""
    return elements((f"b:{name}", value) for name, value in pairs).encode()


def row(name: str, pairs: Pairs, rows: Iterable[bytes] = ()) -> bytes:
    """A record, with records of its own behind its values."""
    return b"".join((f"<b:{name}>".encode(), members(pairs), *rows, f"</b:{name}>".encode()))


async def rows(call: Call, made: Callable[[], Iterator[bytes]]) -> ASGIApp:
    """Records as they are made. The first of them are made before it is said that all is well."""
    pieces = _pieces(_opening(call), made, _closing(call))
    first = await asyncio.to_thread(next, pieces)
    return StreamingResponse(chain([first], pieces), media_type=_type(call))


async def document(call: Call, pairs: Pairs, claim: Claim) -> ASGIApp:
    """Values, and the document behind them: as base64, or beside the envelope where the caller reads such."""
    head, tail = _opening(call) + members(pairs) + b"<b:document>", b"</b:document>" + _closing(call)
    if call.takes_parts:
        parts = mtom.Parts(call.version)
        head, tail = parts.before(head, tail), parts.after()
        return await body_answer(
            claim, _around(head, tail, bytes), len(head) + claim.size + len(tail), parts.media_type
        )
    length = len(head) + 4 * -(-claim.size // 3) + len(tail)
    return await body_answer(claim, _around(head, tail, pybase64.b64encode), length, _type(call))


def _around(
    head: bytes, tail: bytes, encode: Callable[[bytes], bytes]
) -> Callable[[AsyncIterator[bytes]], AsyncIterator[bytes]]:
    async def made(pieces: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        yield head
        async for piece in pieces:
            yield encode(piece)
        yield tail

    return made


def _pieces(head: bytes, made: Callable[[], Iterator[bytes]], tail: bytes) -> Iterator[bytes]:
    """An answer in pieces; made in threads, for a national directory has a hundred thousand rows."""
    left = made()
    piece = head + b"".join(islice(left, _ROWS))
    while piece:
        yield piece
        piece = b"".join(islice(left, _ROWS))
    yield tail


def _opening(call: Call) -> bytes:
    header = call.back.blocks(f"{call.contract.action}Response")
    name, namespace = call.contract.name, call.contract.namespace
    return f'{opening(call.version, header)}<b:{name}Response xmlns:b="{namespace}">'.encode()


def _closing(call: Call) -> bytes:
    return f"</b:{call.contract.name}Response>{closing()}".encode()


def _type(call: Call) -> str:
    return f"{call.version.media_type}; charset=utf-8"
