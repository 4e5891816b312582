"""XML pulled from bytes as they come: what it says next, and no more of it in memory than came last.

Document types and processing instructions are refused, as SOAP has it; comments are passed over.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Iterator, Mapping

from adapters.http.faces import PATIENCE
from bus.errors import Rejected
from schemas.content import Invalid
from schemas.xml import Event, Name, PushParser

_BLANK = " \t\r\n"
#: Bytes that may come of a document before somebody says that more may.
_FEW = 256 << 10


class Events:
    """One document. Whatever cannot go on raises ``Rejected``: ``xml.*``, ``body.*``, ``request.invalid``."""

    def __init__(self, chunks: AsyncIterator[bytes], patience: float = PATIENCE) -> None:
        """``patience``: seconds without a byte after which it is given up."""
        self._chunks = chunks
        self._patience = patience
        self._parser = PushParser(self, attributes=True, instructions=False)
        self._events: deque[Event] = deque()
        self._ended = False
        self._left: int | None = _FEW
        #: What is wrong behind the events that are here: wherever the network cut the bytes, those count first.
        self._fault: Rejected | None = None

    def take(self, events: Iterator[Event]) -> None:
        """Called by the parser."""
        self._events.extend(events)

    async def peek(self) -> Event:
        """What comes next, and stays."""
        while not self._events:
            await self._more()
        return self._events[0]

    async def begins(self) -> tuple[Name, Mapping[str, str]] | None:
        """The element that begins here, blanks before it passed over; None where the open one ends, which is taken too."""
        await self.skip_blanks()
        event = await self.peek()
        if event is None:
            self._events.popleft()
            return None
        if not isinstance(event, Name):
            raise Rejected("request.invalid", "the envelope: text stands where elements are expected")
        self._events.popleft()
        # Attributes are told in one breath with the name, so where there are any they are here.
        if self._events and isinstance(self._events[0], dict):
            return event, self._events.popleft()  # type: ignore[return-value]
        return event, {}

    async def skip_blanks(self) -> None:
        """Pass over text that says nothing."""
        while isinstance(event := await self.peek(), str) and not event.strip(_BLANK):
            self._events.popleft()

    async def text(self) -> str:
        """The text that comes next, as much as is here; empty where something else does."""
        await self.peek()
        pieces = []
        while self._events and type(self._events[0]) is str:
            pieces.append(self._events.popleft())
        return "".join(pieces)  # type: ignore[arg-type]

    def trust(self) -> None:
        """From now on any number of bytes may come."""
        self._left = None

    async def finish(self) -> None:
        """Nothing more may come but what says nothing."""
        while not self._ended:
            await self._more()

    async def _more(self) -> None:
        if self._fault:
            raise self._fault
        if self._ended:
            raise Rejected("xml.malformed", "the envelope ends early")
        piece = await self._piece()
        self._ended = piece is None
        self._count(len(piece or b""))
        try:
            self._parser.close() if piece is None else self._parser.feed(piece)
        except Invalid as invalid:
            self._fault = _named(invalid)
            if not self._events:
                raise self._fault from invalid

    def _count(self, size: int) -> None:
        if self._left is None:
            return
        if self._left <= 0:
            raise Rejected("request.header_too_large", f"the envelope: its header does not end within {_FEW} bytes")
        self._left -= size

    async def _piece(self) -> bytes | None:
        try:
            async with asyncio.timeout(self._patience):
                return await anext(self._chunks, None)
        except TimeoutError:
            raise Rejected("body.truncated", f"nothing came for {self._patience:g} seconds") from None


def _named(invalid: Invalid) -> Rejected:
    """The parser's complaint as a refusal."""
    where = f" (line {invalid.line}, column {invalid.column})" if invalid.line else ""
    return Rejected(invalid.code, f"the envelope: {invalid.detail}{where}")
