"""A body of ``multipart/form-data`` (RFC 7578) as its fields, read as they come."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass

from adapters.http import multipart
from adapters.http.faces import PATIENCE
from adapters.lgsp.part_head import name_of
from bus.errors import Rejected

#: Bytes of a part that is a field and no file.
_FIELD = 16 << 10
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
    if len(content_type) > multipart.HEAD or not (found := _TYPE.match(content_type)):
        raise _bad("Content-Type: expected multipart/form-data with a boundary")
    return (found[1] or found[2]).encode("latin-1")


class Multipart:
    """The parts of one form, in their order."""

    def __init__(self, chunks: AsyncIterator[bytes], boundary: bytes, patience: float = PATIENCE) -> None:
        """``patience``: seconds without a byte after which it is given up."""
        self._body = multipart.Multipart(chunks, boundary, patience)

    async def parts(self) -> AsyncIterator[Part]:
        """Each part. Raises ``Rejected``: ``request.invalid`` for what is no form, ``body.truncated`` for half of one."""
        async for part in self._body.parts():
            yield Part(name_of(part.head, part.number), part.content)


def _bad(what: str) -> Rejected:
    return Rejected("request.invalid", what)
