"""A partner that takes whatever it gets and keeps nothing but when: raw HTTP in a process of its own."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from typing import Any

from bench.child import child
from bench.home import free_port

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_ID = re.compile(rb"\r\nx-bus-message-id: *(\S+)", re.IGNORECASE)


class Sink:
    """The partner as the measurement talks to it."""

    def __init__(self, port: int, connection: Connection) -> None:
        self.port = port
        self._connection = connection
        self._ask("open")

    def refuse(self) -> None:
        """Hang up, and refuse connections from now on."""
        self._ask("refuse")

    def open(self) -> None:
        """Take documents (again)."""
        self._ask("open")

    def count(self) -> int:
        """How many messages have arrived."""
        return int(self._ask("count"))

    def times(self) -> dict[str, float]:
        """When each message arrived first, by its id."""
        times: dict[str, float] = self._ask("times")
        return times

    def wait_for(self, documents: int, seconds: float = 120.0) -> None:
        """Wait until so many have arrived. Raises RuntimeError where they do not."""
        deadline = time.monotonic() + seconds
        while (here := self.count()) < documents:
            if time.monotonic() > deadline:
                raise RuntimeError(f"{here} of {documents} arrived")
            time.sleep(0.02)

    def _ask(self, word: str) -> Any:
        self._connection.send(word)
        return self._connection.recv()


@contextmanager
def sink() -> Iterator[Sink]:
    """A partner that takes documents."""
    port = free_port()
    with child(_serve, port) as connection:
        yield Sink(port, connection)


def _serve(connection: Connection, port: int) -> None:
    asyncio.run(_Partner(connection, port).live())


class _Partner:
    """Does as it is told until the other end is closed."""

    def __init__(self, connection: Connection, port: int) -> None:
        self._connection = connection
        self._port = port
        self._server: asyncio.Server | None = None
        self.open: set[asyncio.Transport] = set()
        self.times: dict[str, float] = {}

    async def live(self) -> None:
        loop, self._words = asyncio.get_running_loop(), asyncio.Queue[str]()
        loop.add_reader(self._connection.fileno(), self._hear)
        while (word := await self._words.get()) != "end":
            self._connection.send(await self._do(word))

    def _hear(self) -> None:
        try:
            self._words.put_nowait(self._connection.recv())
        except EOFError:
            asyncio.get_running_loop().remove_reader(self._connection.fileno())
            self._words.put_nowait("end")

    async def _do(self, word: str) -> object:
        match word:
            case "open":
                loop = asyncio.get_running_loop()
                self._server = await loop.create_server(lambda: _Call(self), "127.0.0.1", self._port)
            case "refuse" if self._server:
                self._server.close()
                for transport in tuple(self.open):
                    transport.abort()
            case "times":
                return self.times
        return len(self.times)


class _Call(asyncio.Protocol):
    """One connection; of a body only the length is looked at."""

    def __init__(self, partner: _Partner) -> None:
        self._partner = partner
        self._head = b""
        self._left = 0
        self._name = ""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._partner.open.add(transport)

    def connection_lost(self, _error: Exception | None) -> None:
        self._partner.open.discard(self._transport)

    def data_received(self, data: bytes) -> None:
        if not self._left:
            self._head += data
            head, end, data = self._head.partition(b"\r\n\r\n")
            if not end:
                return
            self._begin(head)
        self._left -= len(data)
        if self._left <= 0:
            self._end()

    def _begin(self, head: bytes) -> None:
        length, name = _LENGTH.search(head), _ID.search(head)
        self._head, self._left = b"", int(length[1]) if length else 0
        self._name = name[1].decode() if name else ""

    def _end(self) -> None:
        self._left = 0
        self._partner.times.setdefault(self._name, time.monotonic())
        self._transport.write(b"HTTP/1.1 204 No Content\r\n\r\n")
