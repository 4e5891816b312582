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
        return f"marked{self._secret}n{len(self.values) - 1}n"

    def inline(self, xml: bytes) -> Iterator[bytes | Body]:
        """XML with every value where it stands, which is also what a signature is over."""
        for piece in self._split(xml):
            yield piece.written if isinstance(piece, Marked) else piece

    def outward(self, xml: bytes) -> Iterator[bytes | Body]:
        """XML as it goes out: values that go as parts are named in it."""
        for piece in self._split(xml):
            if not isinstance(piece, Marked):
                yield piece
            elif piece.is_text or self.way == "inline":
                yield piece.written
            else:
                yield self._reference(piece).encode()

    def parts(self) -> list[tuple[str, Marked]]:
        """Those that go as parts, with the ids they are named by."""
        if self.way == "inline":
            return []
        return [(self.cid(one), one) for one in self.values if not one.is_text]

    def cid(self, value: Marked) -> str:
        """The Content-ID of a value."""
        return f"{self.values.index(value)}.{self._secret}@bus"

    def _reference(self, value: Marked) -> str:
        cid = self.cid(value)
        return _INCLUDE % cid if self.way == "mtom" else f"cid:{cid}"

    def _split(self, xml: bytes) -> Iterator[bytes | Marked]:
        for place, piece in enumerate(re.split(rb"marked%bn(\d+)n" % self._secret.encode(), xml)):
            yield self.values[int(piece)] if place % 2 else piece


def escaped(data: bytes) -> bytes:
    """Bytes of UTF-8 as they stand in an element, and as canonical XML has them. May be given piece by piece."""
    return _ESCAPED.sub(_escape, data)


def _escape(found: re.Match[bytes]) -> bytes:
    return {b"&": b"&amp;", b"<": b"&lt;", b">": b"&gt;", b"\r": b"&#xD;"}[found[0]]
