"""A body of several parts read as it comes (RFC 2046): strict, bounded, and no part of it ever whole in memory.

What breaks the form is refused with the part it is in; nothing is guessed and nothing is repaired.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass

from adapters.http.faces import PATIENCE
from bus.errors import Rejected

#: Bytes of the headers of one part.
HEAD = 8 << 10
#: Parts of one body, and bytes that may stand before the first.
_PARTS, _PREAMBLE = 32, 1 << 10
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Part:
    """One part; its content is read once, before the next part is asked for."""

    #: Which one it is, from 1.
    number: int
    head: bytes
    content: AsyncIterator[bytes]


def headers_of(head: bytes, number: int) -> list[tuple[str, str]]:
    """The headers of a part, names in small letters. Raises ``Rejected('request.invalid')`` that says in which part."""
    # Latin-1: software of old writes a file's name in any charset, and no name of a header needs more than ASCII.
    text = head.decode("latin-1")
    fields = []
    for line in text.removesuffix("\r\n").split("\r\n") if text else []:
        name, colon, value = line.partition(":")
        if not colon or not name or name != name.strip() or _CONTROL.search(line):
            raise bad_part(number, "expected its headers as lines of 'Name: value'")
        fields.append((name.lower(), value))
    return fields


def bad_part(number: int, what: str) -> Rejected:
    """A part that is none."""
    return Rejected("request.invalid", f"part {number}: {what}")


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
        """Each part. Raises ``Rejected``: ``request.invalid`` for what has none, ``body.truncated`` for half of one."""
        await self._skip_preamble()
        for number in range(1, _PARTS + 2):
            if await self._ended(number):
                return
            if number > _PARTS:
                raise _bad(f"more than {_PARTS} parts")
            part = Part(number, await self._head(number), self._content())
            yield part
            async for _ in part.content:  # what nobody wanted
                pass

    async def _skip_preamble(self) -> None:
        skipped = 0
        async for piece in self._content():
            skipped += len(piece)
            if skipped > _PREAMBLE:
                raise _bad("no part begins where the body does: check the boundary")

    async def _ended(self, number: int) -> bool:
        """Whether the boundary that was just read is the last."""
        while len(self._buffer) < 2:
            await self._more()
        if number == 1 and self._buffer.startswith(b"--"):
            raise _bad("the body has no parts")
        return self._buffer.startswith(b"--")

    async def _head(self, number: int) -> bytes:
        """The headers of the part that begins here, without the boundary's own line."""
        while (end := self._buffer.find(b"\r\n\r\n")) < 0 and len(self._buffer) <= HEAD:
            await self._more()
        if not 0 <= end <= HEAD:
            raise bad_part(number, f"its headers do not end within {HEAD} bytes")
        rest, _, head = self._buffer[: end + 2].partition(b"\r\n")
        self._buffer = self._buffer[end + 4 :]
        if rest.strip(b" \t"):
            raise bad_part(number, "something stands behind the boundary")
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
            raise Rejected("body.truncated", "the body ends before its last boundary")
        self._buffer += piece


def _bad(what: str) -> Rejected:
    return Rejected("request.invalid", what)
