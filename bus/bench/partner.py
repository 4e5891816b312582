"""Takes documents at little cost: raw HTTP, of a body only its DocumentId and its length are looked at."""

from __future__ import annotations

import asyncio
import re
import time
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from typing import cast

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_CALL = re.compile(rb"\r\nidempotency-key: *(\S+)", re.IGNORECASE)
_DOCUMENT = re.compile(rb"DocumentId>\s*([^<\s]+)")
#: The header of a document is over after so many bytes.
_HEADER = 64 << 10


@dataclass(slots=True)
class Arrived:
    """What came, by DocumentId; that is by content, and not by what the bus says of it."""

    #: When it came first.
    at: dict[str, float] = field(default_factory=dict)
    #: How often it came again, in all, and those that came again under another Idempotency-Key: these no partner
    #: that drops repeats by the key would have dropped.
    again: dict[str, int] = field(default_factory=dict)
    otherwise: set[str] = field(default_factory=set)
    keys: dict[str, bytes] = field(default_factory=dict)

    def note(self, document: str, key: bytes, now: float) -> None:
        """One arrival."""
        if document not in self.at:
            self.at[document] = now
            self.keys[document] = key
            return
        self.again[document] = self.again.get(document, 0) + 1
        if key != self.keys[document]:
            self.otherwise.add(document)


class Partner:
    """Does as it is told until the other end is closed."""

    def __init__(self, connection: Connection, host: str, port: int) -> None:
        self._connection = connection
        self._address = (host, port)
        self._server: asyncio.Server | None = None
        self.open: set[asyncio.Transport] = set()
        self.arrived = Arrived()
        self.answers = True

    async def live(self) -> None:
        """Listen to words until there are no more."""
        loop = asyncio.get_running_loop()
        with suppress(EOFError):
            while True:
                # In a thread: a loop that looked at the pipe itself would have it unable to wait, and so to send much.
                word = await loop.run_in_executor(None, self._connection.recv)
                self._connection.send(await self._do(word))
        self._refuse()
        while self.open:  # noqa: ASYNC110 - a turn of the loop or two
            await asyncio.sleep(0)

    async def _do(self, word: str) -> object:
        match word:
            case "open":
                return await self._open()
            case "refuse":
                self._refuse()
            case "hang":
                self.answers = False
            case "count":
                return len(self.arrived.at)
            case "arrived":
                return self.arrived
            case "forget":
                self.arrived = Arrived()
            case "cpu":
                return time.process_time()
        return None

    async def _open(self) -> str:
        """Listen; why not, where that cannot be."""
        if not self.answers:
            self.answers = True
            self._hang_up()
        if self._server is None:
            try:
                self._server = await asyncio.get_running_loop().create_server(lambda: _Call(self), *self._address)
            except OSError as error:
                return error.strerror or str(error)
        return ""

    def _refuse(self) -> None:
        if self._server:
            self._server.close()
            self._server = None
        self._hang_up()

    def _hang_up(self) -> None:
        for transport in tuple(self.open):
            transport.abort()


class _Call(asyncio.Protocol):
    """One connection."""

    def __init__(self, partner: Partner) -> None:
        self._partner = partner
        self._begin = b""
        self._left = -1
        self._document = ""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's is one in all but its class
        self._partner.open.add(self._transport)

    def connection_lost(self, _error: Exception | None) -> None:
        self._partner.open.discard(self._transport)

    def data_received(self, data: bytes) -> None:
        if self._left < 0:
            data = self._read_head(data)
        if self._left >= 0:
            self._left -= len(data)
            if not self._document:
                self._look(data)
            if not self._left:
                self._end()

    def _read_head(self, data: bytes) -> bytes:
        """What follows the head, once it is whole."""
        head, end, body = (self._begin + data).partition(b"\r\n\r\n")
        self._begin = b"" if end else head
        if end:
            length, key = _LENGTH.search(head), _CALL.search(head)
            self._left = int(length[1]) if length else 0
            self._key = key[1] if key else b""
        return body

    def _look(self, data: bytes) -> None:
        """For the DocumentId, which stands near the beginning."""
        if found := _DOCUMENT.search(self._begin + data):
            self._document, self._begin = found[1].decode(), b""
        elif len(self._begin) < _HEADER:
            self._begin += data

    def _end(self) -> None:
        document, self._document, self._begin, self._left = self._document, "", b"", -1
        if self._partner.answers:
            self._partner.arrived.note(document, self._key, time.monotonic())
            self._transport.write(b"HTTP/1.1 204 No Content\r\n\r\n")
