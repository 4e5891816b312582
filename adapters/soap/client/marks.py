"""Large values on their way into an envelope: a mark stands for each while the envelope is made, and its bytes are put in
while it is sent.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from bus.bodies import Base64, Body, Changed

Way = Literal["inline", "mtom", "swa"]
_INCLUDE = '<xop:Include xmlns:xop="http://www.w3.org/2004/08/xop/include" href="cid:%s"/>'
_ESCAPED = re.compile(rb"[&<>\r]")


@dataclass(frozen=True, slots=True)
class Marked:
    """One large value: the bytes it is made of, and whether it is those as base64 or as text."""

    body: Body
    is_text: bool = False
    media_type: str = "application/octet-stream"

    @property
    def written(self) -> Body:
        """As it stands in XML."""
        return Changed.measured(self.body, escaped) if self.is_text else Base64(self.body)


@dataclass(slots=True)
class Marks:
    """The large values of one envelope."""

    way: Way
    values: list[Marked] = field(default_factory=list)
    #: Nobody can guess it, so it stands in no value of a message.
    _secret: str = field(default_factory=lambda: secrets.token_hex(16))

    def put(self, value: Marked) -> str:
        """What to write in its place."""
        self.values.append(value)
        return f"{self._mark}{len(self.values) - 1}n"

    def inline(self, xml: bytes) -> Iterator[bytes | Body]:
        """XML with every value where it stands, which is also what a signature is over."""
        for piece in self._split(xml):
            yield piece if isinstance(piece, bytes) else self.values[piece].written

    def outward(self, xml: bytes) -> Iterator[bytes | Body]:
        """XML as it goes out: values that go as parts are named in it."""
        for piece in self._split(xml):
            if isinstance(piece, bytes):
                yield piece
            elif self.values[piece].is_text or self.way == "inline":
                yield self.values[piece].written
            else:
                yield self._reference(piece).encode()

    def parts(self) -> list[tuple[str, Marked]]:
        """Those that go as parts, with the ids they are named by."""
        if self.way == "inline":
            return []
        return [(self._cid(number), one) for number, one in enumerate(self.values) if not one.is_text]

    @property
    def _mark(self) -> str:
        return f"marked{self._secret}n"

    def _cid(self, number: int) -> str:
        return f"{number}.{self._secret}@bus"

    def _reference(self, number: int) -> str:
        cid = self._cid(number)
        return _INCLUDE % cid if self.way == "mtom" else f"cid:{cid}"

    def _split(self, xml: bytes) -> Iterator[bytes | int]:
        """XML as it is, and between its pieces the numbers of values."""
        first, *others = xml.split(self._mark.encode())
        yield first
        for other in others:
            number, _, after = other.partition(b"n")
            yield int(number)
            yield after


def escaped(data: bytes) -> bytes:
    """Bytes of UTF-8 as they stand in an element, and as canonical XML has them. May be given piece by piece."""
    return _ESCAPED.sub(_escape, data)


def _escape(found: re.Match[bytes]) -> bytes:
    return {b"&": b"&amp;", b"<": b"&lt;", b">": b"&gt;", b"\r": b"&#xD;"}[found[0]]
