"""The sandbox's HTTP: just enough to answer, to be late, and to hang up where no HTTP server would.

Bodies are hashed as they come and never kept.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
from collections import defaultdict
from collections.abc import Callable, Mapping
from http import HTTPStatus
from urllib.parse import unquote

import httptools
import orjson
from pydantic import ValidationError

from adapters.rest.sandbox_partner import Incoming, Mode, Order, Partner, Play, Reply

_MAX_ORDER = 64 << 10
_NO_SUCH = Reply(404, {"status": "error", "message": "POST /{agency}/edoc, GET /{agency}/edoc/{docId}"})


class Town:
    """All partners of one sandbox, by name; a name that is called for the first time moves in."""

    def __init__(self, key: bytes | None = None) -> None:
        self._key = key
        self.partners: defaultdict[str, Partner] = defaultdict(Partner)
        self._held: defaultdict[str, list[Callable[[], None]]] = defaultdict(list)
        self.connections: set[asyncio.Transport] = set()

    def knows(self, key: str) -> bool:
        return self._key is None or hmac.compare_digest(self._key, key.encode())

    def account(self, agency: str) -> Mapping[str, object]:
        return self.partners[agency].account()

    def hold(self, agency: str, answer: Callable[[], None]) -> None:
        self._held[agency].append(answer)

    def obey(self, agency: str, order: Order) -> None:
        """A new order for a partner; answers it held back go out."""
        self.partners[agency].obey(order)
        for answer in self._held.pop(agency, []):
            answer()


class Connection(asyncio.Protocol):
    """One connection: httptools calls the ``on_`` methods as a request comes in."""

    def __init__(self, town: Town) -> None:
        self._town = town
        self._parser = httptools.HttpRequestParser(self)
        self._begin()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._town.connections.add(transport)

    def connection_lost(self, _error: Exception | None) -> None:
        self._town.connections.discard(self._transport)

    def data_received(self, data: bytes) -> None:
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError:
            self._transport.abort()

    def on_url(self, url: bytes) -> None:
        self._url += url

    def on_header(self, name: bytes, value: bytes) -> None:
        self._headers[name.decode("latin-1").lower()] = value.decode("latin-1")

    def on_headers_complete(self) -> None:
        self._path = _parts(self._url.decode("latin-1"))
        self._method = self._parser.get_method().decode()
        if self._is_document():
            self._order = self._town.partners[self._path[0]].order_for(asking=self._method == "GET")
        if self._order.mode is Mode.DROP_BEFORE_READING:
            self._transport.abort()
        elif self._headers.get("expect", "").lower() == "100-continue":
            self._transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")

    def on_body(self, data: bytes) -> None:
        self._size += len(data)
        self._hash.update(data)
        if self._path[0] == "_control" and self._size <= _MAX_ORDER:
            self._control += data

    def on_message_complete(self) -> None:
        if not self._transport.is_closing():
            self._act(self._play())
        self._begin()

    def _begin(self) -> None:
        self._url = b""
        self._headers: dict[str, str] = {}
        self._path = [""]
        self._method = ""
        self._order = Order()
        self._hash = hashlib.sha256()
        self._size = 0
        self._control = b""

    def _is_document(self) -> bool:
        parts = {"POST": 2, "GET": 3}.get(self._method)
        return len(self._path) == parts and self._path[1] == "edoc"

    def _play(self) -> Play:
        if self._path[0] == "_control" and len(self._path) == 2:
            return Play(self._controlled(self._path[1]))
        if not self._is_document():
            return Play(_NO_SUCH)
        if not self._town.knows(self._headers.get("x-bus-key", "")):
            return Play(Reply(401, {"status": "rejected", "message": "unknown key"}))
        partner = self._town.partners[self._path[0]]
        if self._method == "GET":
            return Play(partner.answer(self._order, self._path[2]))
        return partner.receive(self._order, self._incoming())

    def _controlled(self, agency: str) -> Reply:
        if self._method == "POST":
            try:
                self._town.obey(agency, Order.model_validate_json(self._control))
            except ValidationError as error:
                return Reply(400, {"problems": orjson.loads(error.json(include_url=False, include_input=False))})
        return Reply(200, self._town.account(agency))

    def _incoming(self) -> Incoming:
        digest = f"sha-256=:{base64.b64encode(self._hash.digest()).decode()}:"
        return Incoming(
            doc_id=self._headers.get("idempotency-key", ""),
            message_id=self._headers.get("x-bus-message-id", ""),
            attempt=self._headers.get("x-bus-attempt", ""),
            recipient=unquote(self._headers.get("x-bus-recipient", "")),
            intact=self._headers.get("content-digest") == digest,
            sha256=self._hash.hexdigest(),
            size=self._size,
        )

    def _act(self, play: Play) -> None:
        reply = play.reply
        if reply is None:
            self._transport.abort()
        elif play.held:
            self._town.hold(self._path[0], lambda: self._answer(reply))
        elif play.delay:
            asyncio.get_running_loop().call_later(play.delay, self._answer, reply)
        else:
            self._answer(reply)

    def _answer(self, reply: Reply) -> None:
        if self._transport.is_closing():
            return
        body = orjson.dumps(reply.body)
        fields = {"Content-Type": "application/json", "Content-Length": str(len(body)), **reply.headers}
        lines = [f"HTTP/1.1 {reply.status} {_phrase(reply.status)}", *(f"{name}: {fields[name]}" for name in fields)]
        self._transport.write("\r\n".join([*lines, "", ""]).encode() + body)


def _parts(url: str) -> list[str]:
    """The segments of a path; at least one, though it may be empty."""
    return [unquote(part) for part in url.partition("?")[0].removeprefix("/").split("/")]


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Unknown"
