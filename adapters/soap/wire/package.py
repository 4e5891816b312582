"""The body of a call: an envelope, and what may travel beside it (MTOM: multipart/related with XOP), as it comes.

The envelope comes first, as everybody sends it, so that who calls is known before anything else is taken.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import Protocol

from adapters.http.faces import PATIENCE
from adapters.http.multipart import Multipart, Part, bad_part, headers_of
from adapters.soap.wire.media import Media, bare, plain_id, read
from adapters.soap.wire.names import MULTIPART, XML_TYPES, XOP_TYPE, Version
from bus.errors import Rejected

_PLAIN = {"", "binary", "8bit", "7bit"}
_UTF_8 = {"", "utf-8", "utf8", "us-ascii"}


class Package(Protocol):
    """What came in one request."""

    async def root(self) -> AsyncIterator[bytes]:
        """The envelope."""
        ...

    async def part(self, content_id: str) -> AsyncIterator[bytes]:
        """The part that comes next, which must be this one. Raises ``Rejected('request.invalid')``."""
        ...

    async def end(self) -> None:
        """That must have been all. Raises ``Rejected``: ``request.invalid``, ``body.truncated``."""
        ...


def version_of(media: Media) -> Version | None:
    """The version of SOAP that a Content-Type is of; None: of none."""
    if media.type != MULTIPART:
        return XML_TYPES.get(media.type)
    return XML_TYPES.get(media.bare)


def package(media: Media, chunks: AsyncIterator[bytes], patience: float = PATIENCE) -> Package:
    """A body of that type. Raises ``Rejected('request.invalid' | 'request.media_type')``."""
    if media.type == MULTIPART:
        return _Related(media, chunks, patience)
    _check_charset(media)
    return _Single(chunks)


class _Single:
    """An envelope and nothing else."""

    def __init__(self, chunks: AsyncIterator[bytes]) -> None:
        self._chunks = chunks

    async def root(self) -> AsyncIterator[bytes]:
        return self._chunks

    async def part(self, content_id: str) -> AsyncIterator[bytes]:
        raise Rejected(
            "request.invalid", f"xop:Include leads to {content_id[:80]!r}, and nothing came beside the envelope"
        )

    async def end(self) -> None:
        """The envelope's own end says it."""


class _Related:
    """An envelope and parts behind it."""

    def __init__(self, media: Media, chunks: AsyncIterator[bytes], patience: float) -> None:
        boundary = media.get("boundary")
        if not 1 <= len(boundary) <= 70 or not boundary.isascii() or not boundary.isprintable():
            raise Rejected("request.invalid", "Content-Type: expected multipart/related with a boundary")
        self._start = plain_id(media.get("start"))
        self._parts = Multipart(chunks, boundary.encode(), patience).parts()

    async def root(self) -> AsyncIterator[bytes]:
        part, head = await self._next("the body has no parts")
        if self._start and plain_id(head.get("content-id", "")) != self._start:
            raise Rejected("request.invalid", f"Content-Type: start {self._start[:80]!r} is not the first part")
        media = read(head.get("content-type", ""))
        if media.type != XOP_TYPE and media.type not in XML_TYPES:
            raise bad_part(part.number, f"{media.type[:60]!r} is no envelope's type")
        _check_charset(media)
        return part.content

    async def part(self, content_id: str) -> AsyncIterator[bytes]:
        part, head = await self._next(f"xop:Include leads to {content_id[:80]!r}, which is no part of the body")
        if (found := plain_id(head.get("content-id", ""))) != content_id:
            raise bad_part(part.number, f"is {found[:80]!r}, and xop:Include leads to {content_id[:80]!r}")
        return part.content

    async def end(self) -> None:
        async for part in self._parts:
            raise bad_part(part.number, "nothing leads to it")

    async def _next(self, missing: str) -> tuple[Part, Mapping[str, str]]:
        part = await anext(self._parts, None)
        if part is None:
            raise Rejected("request.invalid", missing)
        head = _head(part)
        if (encoding := bare(head.get("content-transfer-encoding", ""))) not in _PLAIN:
            raise bad_part(part.number, f"Content-Transfer-Encoding {encoding[:40]!r} is not binary")
        return part, head


def _head(part: Part) -> Mapping[str, str]:
    fields = headers_of(part.head, part.number)
    if len(dict(fields)) < len(fields):
        raise bad_part(part.number, "a header is given more than once")
    return {name: value.strip() for name, value in fields}


def _check_charset(media: Media) -> None:
    if (charset := media.get("charset").lower()) not in _UTF_8:
        raise Rejected("request.media_type", f"charset {charset[:40]!r}: envelopes are taken in UTF-8", http=415)
