"""A sandbox's HTTP: just enough to answer, to be late, and to hang up where no HTTP server would."""

from __future__ import annotations

import asyncio
from http.client import responses

import httptools
import orjson

from adapters.http.stage import Head, House, Play, Reply, Visit


class Connection(asyncio.Protocol):
    """One connection: httptools calls the ``on_`` methods as a request comes in."""

    _visit: Visit | None

    def __init__(self, house: House) -> None:
        self._house = house
        self._parser = httptools.HttpRequestParser(self)
        self._begin()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._house.connections.add(transport)

    def connection_lost(self, _error: Exception | None) -> None:
        self._house.connections.discard(self._transport)

    def data_received(self, data: bytes) -> None:
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError:
            self._transport.abort()

    def on_url(self, url: bytes) -> None:
        self._url += url

    def on_header(self, name: bytes, value: bytes) -> None:
        self._headers[name.lower()] = value

    def on_headers_complete(self) -> None:
        path, _, query = self._url.decode("latin-1").partition("?")
        self._visit = self._house.visit(Head(self._parser.get_method().decode(), path, self._headers, query))
        if self._visit is None:
            self._transport.abort()
        elif self._headers.get(b"expect", b"").lower() == b"100-continue":
            self._transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")

    def on_body(self, data: bytes) -> None:
        if self._visit:
            self._visit.take(data)

    def on_message_complete(self) -> None:
        if self._visit and not self._transport.is_closing():
            self._act(self._visit, self._visit.play())
        self._begin()

    def _begin(self) -> None:
        self._url = b""
        self._headers: dict[bytes, bytes] = {}
        self._visit = None

    def _act(self, visit: Visit, play: Play) -> None:
        reply = play.reply
        if reply is None:
            self._transport.abort()
        elif play.held:
            visit.hold(lambda: self._answer(reply))
        elif play.delay:
            asyncio.get_running_loop().call_later(play.delay, self._answer, reply)
        else:
            self._answer(reply)

    def _answer(self, reply: Reply) -> None:
        if self._transport.is_closing():
            return
        body = reply.body if isinstance(reply.body, bytes) else orjson.dumps(reply.body)
        fields = {"Content-Type": reply.content_type, "Content-Length": str(len(body)), **reply.headers}
        status = f"HTTP/1.1 {reply.status} {responses.get(reply.status, 'Unknown')}"
        head = "\r\n".join([status, *(f"{name}: {value}" for name, value in fields.items()), "", ""])
        self._transport.write(head.encode() + body)
