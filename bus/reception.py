"""Taking a body in at a door: bounded in memory, hashed, read, and on disk when it is large.

Small bodies are handled in the event loop, where that is cheapest; large ones in a thread, a megabyte at
a time.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import ParamSpec, TypeVar

import schemas
from bus.claimcheck import ClaimCheck, Spool
from bus.desk import Received
from bus.errors import Rejected
from bus.message import Claim
from bus.room import Room
from schemas.content import Content, Invalid, Reader

P = ParamSpec("P")
T = TypeVar("T")

#: Up to this many bytes at a time are handled without leaving the event loop.
_PORTION = 1 << 20
_SMALL = 64 << 10


class Reception:
    """Receives bodies into one store. ``claimed`` says whether a message has the body of this SHA-256."""

    def __init__(self, claims: ClaimCheck, room: Room, max_bytes: int, claimed: Callable[[str], bool]) -> None:
        self._claims = claims
        self._room = room
        self._max_bytes = max_bytes
        self._claimed = claimed

    def keep(self, claim: Claim) -> None:
        """A body was accepted."""
        self._claims.keep(claim)

    def discard(self, received: Received) -> None:
        """A body was refused: nothing of it stays, unless it is another message's too."""
        self._claims.drop(received.claim, self._claimed)

    async def receive(
        self,
        chunks: AsyncIterator[bytes],
        *,
        limit: int | None = None,
        announced: int | None = None,
        strip_crlf: bool = False,
    ) -> Received:
        """Take a body in. Raises Rejected; then nothing of it is left."""
        bound = min(limit or self._max_bytes, self._max_bytes)
        tail = 2 if strip_crlf else 0
        if announced is not None and announced > bound + tail:
            raise Rejected("body.too_large", f"{announced} bytes announced; {bound} are taken", limit=bound)
        with self._room.for_one():
            intake = _Intake(self._claims.take(bound), schemas.reader(), strip_crlf=strip_crlf)
            try:
                return await self._fill(intake, chunks, announced)
            except BaseException:
                intake.spool.discard()
                raise

    async def _fill(self, intake: _Intake, chunks: AsyncIterator[bytes], announced: int | None) -> Received:
        size, portion = 0, bytearray()
        async for chunk in chunks:
            size += len(chunk)
            portion += chunk
            if len(portion) >= _PORTION:
                await asyncio.to_thread(intake.write, bytes(portion))
                portion.clear()
        if announced is not None and size < announced:
            raise Rejected("body.truncated", f"{size} of {announced} bytes came", announced=announced)
        rest = bytes(portion)
        if size <= _SMALL:
            return intake.finish(rest)
        return await asyncio.to_thread(intake.finish, rest)


class _Intake:
    """One body on its way into store and reader."""

    def __init__(self, spool: Spool, reader: Reader, *, strip_crlf: bool) -> None:
        self.spool = spool
        self._reader = reader
        self._strip = strip_crlf
        self._held = b""

    def write(self, data: bytes) -> None:
        """Take the next bytes; the last two wait, where they may be a line break that is not the body's."""
        if self._strip:
            data, self._held = (self._held + data)[:-2], (self._held + data)[-2:]
        self._take(data)

    def finish(self, last: bytes) -> Received:
        """Take the last bytes, and give what the body is and says."""
        self.write(last)
        self._take(self._held.removesuffix(b"\r\n"))
        if not self.spool.size:
            raise Rejected("body.empty")
        content = self._read_out()
        return Received(self.spool.finish(), content)

    def _take(self, data: bytes) -> None:
        if data:
            self.spool.write(data)
            _reading(self._reader.feed, data)

    def _read_out(self) -> Content:
        return _reading(self._reader.close)


def _reading(act: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """A reader's complaint as the door's refusal."""
    try:
        return act(*args, **kwargs)
    except Invalid as invalid:
        where = f" (line {invalid.line}, column {invalid.column})" if invalid.line else ""
        raise Rejected(invalid.code, invalid.detail + where, line=invalid.line, column=invalid.column) from invalid
