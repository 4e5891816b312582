"""The sandbox's HTTP: just enough to answer, to be late, and to hang up where no HTTP server would."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping
from http.client import responses

import httptools
import orjson
from pydantic import ValidationError

from adapters.vxp.sandbox_axis import Axis, account
from adapters.vxp.sandbox_calls import Asked, answer
from adapters.vxp.sandbox_orders import Control, Mode, Order, Standing
from adapters.vxp.sandbox_play import Play, Wired, play

#: Where the sandbox itself is told what to do.
CONTROL = "/_control"


class House:
    """One axis, the order in force, and answers that are held back."""

    def __init__(self, axis: Axis) -> None:
        self.axis = axis
        self.standing = Standing()
        self.calls: Counter[str] = Counter()
        self.connections: set[asyncio.Transport] = set()
        self._held: list[Callable[[], None]] = []

    def obey(self, control: Control) -> None:
        """New habits, or a new order; answers held back go out."""
        if control.habits:
            self.axis.habits = control.habits
        if control.order:
            self.standing.obey(control.order)
            held, self._held = self._held, []
            for release in held:
                release()

    def hold(self, release: Callable[[], None]) -> None:
        self._held.append(release)

    def account(self) -> Mapping[str, object]:
        """All it has, and how often it was called."""
        return {
            "order": self.standing.order.model_dump(),
            "habits": self.axis.habits.model_dump(),
            "calls": dict(self.calls),
            "copies": account(self.axis),
        }


class Connection(asyncio.Protocol):
    """One connection: httptools calls the ``on_`` methods as a request comes in."""

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
        path = self._url.decode("latin-1").partition("?")[0]
        self._is_control = path == CONTROL
        self._name = path.rpartition("/")[2]
        if not self._is_control:
            self._house.calls[self._name] += 1
            self._order = self._house.standing.for_call(self._name)
        if self._order.mode is Mode.DOWN:
            self._transport.abort()
        elif self._headers.get(b"expect", b"").lower() == b"100-continue":
            self._transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")

    def on_body(self, data: bytes) -> None:
        self._body += data

    def on_message_complete(self) -> None:
        if not self._transport.is_closing():
            self._act(self._play())
        self._begin()

    def _begin(self) -> None:
        self._url = b""
        self._headers: dict[bytes, bytes] = {}
        self._body = bytearray()
        self._name = ""
        self._is_control = False
        self._order = Order()

    def _play(self) -> Play:
        method = self._parser.get_method().decode()
        if self._is_control:
            return Play(self._controlled(method))
        asked = Asked(self._name, method, self._headers, bytes(self._body))
        return play(self._order, lambda: answer(self._house.axis, asked))

    def _controlled(self, method: str) -> Wired:
        if method == "POST":
            try:
                self._house.obey(Control.model_validate_json(bytes(self._body)))
            except ValidationError as error:
                return Wired(400, error.json(include_url=False, include_input=False).encode())
        return Wired(200, orjson.dumps(self._house.account()))

    def _act(self, told: Play) -> None:
        wired = told.answer
        if wired is None:
            self._transport.abort()
        elif told.held:
            self._house.hold(lambda: self._answer(wired))
        elif told.delay:
            asyncio.get_running_loop().call_later(told.delay, self._answer, wired)
        else:
            self._answer(wired)

    def _answer(self, wired: Wired) -> None:
        if self._transport.is_closing():
            return
        fields = {"Content-Type": wired.content_type, "Content-Length": str(len(wired.body)), **wired.headers}
        status = f"HTTP/1.1 {wired.status} {responses.get(wired.status, 'Unknown')}"
        head = "\r\n".join([status, *(f"{name}: {value}" for name, value in fields.items()), "", ""])
        self._transport.write(head.encode() + wired.body)
