"""A body of ``multipart/form-data`` read as it comes (RFC 7578): strict, bounded, and no file of it ever whole in memory.

What breaks the form is refused with the part it is in; nothing is guessed and nothing is repaired.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass

from adapters.http.faces import PATIENCE
from adapters.lgsp.part_head import name_of
from bus.errors import Rejected

#: Bytes of the headers of one part, and of a part that is a field and no file.
_HEAD, _FIELD = 8 << 10, 16 << 10
#: Parts of one form, and bytes that may stand before the first.
_PARTS, _PREAMBLE = 32, 1 << 10
_TYPE = re.compile(
    r"multipart/form-data\s*(?:;[^;\"]*)*;\s*boundary=(?:\"([^\"\x00-\x1f]{1,70})\"|([^\s;,\"]{1,70}))\s*(?:;|\Z)",
    re.IGNORECASE | re.ASCII,
)


@dataclass(frozen=True, slots=True)
class Part:
    """One part; its content is read once, before the next part is asked for."""

    name: str
    content: AsyncIterator[bytes]

    async def text(self) -> str:
        """A field's value. Raises ``Rejected('request.invalid')`` where it is long, not UTF-8, or holds a NUL."""
        value = bytearray()
        async for piece in self.content:
            value += piece
            if len(value) > _FIELD:
                raise _bad(f"{self.name}: longer than {_FIELD} bytes")
        if 0 in value:
            raise _bad(f"{self.name}: holds a NUL")
        try:
            return value.decode("utf-8")
        except UnicodeDecodeError as error:
            raise _bad(f"{self.name}: not UTF-8 at byte {error.start + 1}") from error


def boundary_of(content_type: str) -> bytes:
    """What separates the parts. Raises ``Rejected('request.invalid')`` where the body is no form."""
    if len(content_type) > _HEAD or not (found := _TYPE.match(content_type)):
        raise _bad("Content-Type: expected multipart/form-data with a boundary")
    return (found[1] or found[2]).encode("latin-1")


class Multipart:
    """The parts of one body, in their order."""

    def __init__(self, chunks: AsyncIterator[bytes], boundary: bytes, patience: float = PATIENCE) -> None:
        """``patience``: seconds without a byte after which it is given up."""
        self._chunks = chunks
        self._patience = patience
        self._delimiter = b"\r\n--" + boundary
        # The first boundary may stand at the very beginning.
        self._buffer = b"\r\n"

    async def parts(self) -> AsyncIterator[Part]:
        """Each part. Raises ``Rejected``: ``request.invalid`` for what is no form, ``body.truncated`` for half of one."""
        await self._skip_preamble()
        for number in range(1, _PARTS + 2):
            if await self._ended(number):
                return
            if number > _PARTS:
                raise _bad(f"more than {_PARTS} parts")
            part = Part(name_of(await self._head(number), number), self._content())
            yield part
            async for _ in part.content:  # what nobody wanted
                pass

    async def _skip_preamble(self) -> None:
        skipped = 0
        async for piece in self._content():
            skipped += len(piece)
            if skipped > _PREAMBLE:
                raise _bad("no part begins where the form does: check the boundary")

    async def _ended(self, number: int) -> bool:
        """Whether the boundary that was just read is the last."""
        while len(self._buffer) < 2:
            await self._more()
        if number == 1 and self._buffer.startswith(b"--"):
            raise _bad("the form has no parts")
        return self._buffer.startswith(b"--")

    async def _head(self, number: int) -> bytes:
        """The headers of the part that begins here, without the boundary's own line."""
        while (end := self._buffer.find(b"\r\n\r\n")) < 0 and len(self._buffer) <= _HEAD:
            await self._more()
        if not 0 <= end <= _HEAD:
            raise _bad(f"part {number}: its headers do not end within {_HEAD} bytes")
        rest, _, head = self._buffer[: end + 2].partition(b"\r\n")
        self._buffer = self._buffer[end + 4 :]
        if rest.strip(b" \t"):
            raise _bad(f"part {number}: something stands behind the boundary")
        return head

    async def _content(self) -> AsyncIterator[bytes]:
        """What stands before the next boundary, as it comes; the boundary is taken too."""
        kept = len(self._delimiter) - 1
        while (at := self._buffer.find(self._delimiter)) < 0:
            sure, self._buffer = self._buffer[:-kept], self._buffer[-kept:]
            if sure:
                yield sure
            await self._more()
        last, self._buffer = self._buffer[:at], self._buffer[at + len(self._delimiter) :]
        if last:
            yield last

    async def _more(self) -> None:
        try:
            async with asyncio.timeout(self._patience):
                piece = await anext(self._chunks, None)
        except TimeoutError:
            raise Rejected("body.truncated", f"nothing came for {self._patience:g} seconds") from None
        if piece is None:
            raise Rejected("body.truncated", "the form ends before its last boundary")
        self._buffer += piece


def _bad(what: str) -> Rejected:
    return Rejected("request.invalid", what)
