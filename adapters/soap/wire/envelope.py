"""An envelope read as it comes: its header first, then the call in its body, then the call's parameters one by one.

A parameter may be of any length and is never whole in memory. What is wrong is refused where it is found, and
nothing behind it is read.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from urllib.parse import unquote

from adapters.soap.wire.element import Element, Whole
from adapters.soap.wire.events import Events
from adapters.soap.wire.names import NIL, XOP, Version
from bus.errors import Rejected
from schemas.edxml.base64_in import BadBase64, Base64Digest
from schemas.xml import Name

#: Characters of a parameter that is text.
_TEXT = 16 << 10
_INCLUDE = Name(XOP, "Include")
_CID = "cid:"


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of a call; its value is read once, before the next one is asked for."""

    name: str
    #: ``xsi:nil``: it says that it says nothing.
    nil: bool
    _events: Events

    async def text(self) -> str:
        """Its value, without blanks around. Raises ``Rejected('request.invalid')``."""
        value = ""
        while piece := await self._events.text():
            value += piece
            if len(value) > _TEXT:
                raise Rejected("request.invalid", f"{self.name}: longer than {_TEXT} characters")
        if await self._events.peek() is not None:
            raise Rejected("request.invalid", f"{self.name}: holds elements")
        await self._events.begins()
        return value.strip()

    async def included(self) -> str | None:
        """The Content-ID of the part that is its value; None: its value stands here."""
        await self._events.skip_blanks()
        if await self._events.peek() != _INCLUDE:
            return None
        _, attributes = await self._events.begins() or (_INCLUDE, {})
        href = attributes.get("href", "")
        if await self._events.begins() or await self._events.begins():
            raise Rejected("request.invalid", f"{self.name}: holds more than xop:Include")
        if not href.startswith(_CID):
            raise Rejected("request.invalid", f"{self.name}: href {href[:80]!r} of xop:Include is no cid:")
        return unquote(href.removeprefix(_CID))

    async def decoded(self) -> AsyncIterator[bytes]:
        """The bytes that stand here as base64, as they come. Raises ``Rejected('request.invalid')``."""
        pieces: list[bytes] = []
        base64 = Base64Digest(pieces.append)
        try:
            while text := await self._events.text():
                base64.feed(text)
                if pieces:
                    yield b"".join(pieces)
                    pieces.clear()
            base64.finish()
        except BadBase64 as error:
            raise Rejected("request.invalid", f"{self.name}: not base64 ({error})") from error
        if await self._events.begins():
            raise Rejected("request.invalid", f"{self.name}: holds text and elements")


class Envelope:
    """One envelope of this version."""

    def __init__(self, events: Events, version: Version) -> None:
        self._events = events
        self._version = version
        self._whole = Whole(events)

    async def header(self) -> tuple[Element, ...]:
        """The blocks of the header; the body begins behind it. Raises ``Rejected``: ``soap.version``, ``request.invalid``."""
        name, _ = await self._begin("no envelope")
        if name != self._version.name("Envelope"):
            raise Rejected(
                "soap.version",
                f"{{{name.namespace[:100]}}}{name.local[:40]}, and SOAP {self._version.number} by Content-Type",
            )
        blocks: list[Element] = []
        name, _ = await self._begin("the envelope has no Body")
        if name == self._version.name("Header"):
            while block := await self._events.begins():
                blocks.append(await self._whole.element(*block))
            name, _ = await self._begin("the envelope has no Body")
        if name != self._version.name("Body"):
            raise Rejected("request.invalid", f"the envelope: {name.local[:40]} stands where the Body is expected")
        return tuple(blocks)

    async def call(self) -> Name:
        """What is called. Asked for once who calls is known: what follows may be long."""
        self._events.trust()
        name, _ = await self._begin("the Body is empty")
        return name

    async def parameters(self, namespace: str) -> AsyncIterator[Parameter]:
        """Each parameter of the call, which must be of this namespace, in the order they come in."""
        while begun := await self._events.begins():
            name, attributes = begun
            if name.namespace != namespace:
                raise Rejected(
                    "request.invalid", f"{name.local[:60]}: of namespace {name.namespace[:100]!r}, not {namespace}"
                )
            yield Parameter(name.local, attributes.get(NIL, "").strip() in {"1", "true"}, self._events)

    async def end(self) -> None:
        """Nothing may follow the call. Raises ``Rejected('request.invalid')``."""
        if begun := await self._events.begins():
            raise Rejected("request.invalid", f"the envelope: {begun[0].local[:40]} is a second call in one Body")
        if begun := await self._events.begins():
            raise Rejected("request.invalid", f"the envelope: {begun[0].local[:40]} stands behind the Body")
        await self._events.finish()

    async def _begin(self, missing: str) -> tuple[Name, object]:
        if not (begun := await self._events.begins()):
            raise Rejected("request.invalid", missing)
        return begun
