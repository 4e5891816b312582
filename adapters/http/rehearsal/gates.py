"""What stands before a played partner and passes calls on: the two kinds of security server."""

from __future__ import annotations

import asyncio
import base64
import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from urllib.parse import parse_qsl, unquote, urlencode

from adapters.http.rehearsal.gate_orders import GATE, GateOrder, Ordered
from adapters.http.rehearsal.house import is_about_partner
from adapters.http.stage import Head, House, Play, Reply, Visit

FORWARD = "/RestService/forward"
_PARTS = 5
_MAX_KEPT = 1000


class AdapterGate:
    """The adapter of a security server: lets through what names this ``dstcode`` and this provider."""

    def __init__(self, house: House, dstcode: str, provider: str) -> None:
        self._house = house
        self._dstcode = dstcode
        self._provider = provider
        #: Where each call was asked to be made.
        self.providers: list[str] = []

    @property
    def connections(self) -> set[asyncio.Transport]:
        return self._house.connections

    def visit(self, head: Head) -> Visit | None:
        if is_about_partner(head):
            return self._house.visit(head)
        _, found, path = head.path.partition(FORWARD)
        query = dict(parse_qsl(head.query, keep_blank_values=True))
        destination, provider = query.pop("dstcode", ""), query.pop("providerurl", "")
        self.providers = [*self.providers, provider][-_MAX_KEPT:]
        said = head.headers.get(b"dstcode", b"").decode("latin-1")
        if not found or {destination, said} != {self._dstcode} or provider != self._provider:
            return Turned(Reply(404, b"<html>No such destination</html>", content_type="text/html"))
        return self._house.visit(replace(head, path=path, query=urlencode(query)))


@dataclass(slots=True)
class SecurityServer:
    """A consumer's X-Road server: checks who calls what, passes on to the provider, and signs for what it saw.

    ``POST /_gate`` takes a :class:`~adapters.http.rehearsal.gate_orders.GateOrder` as JSON.
    """

    house: House
    clients: frozenset[str]
    service: str
    #: X-Road-Id of each call, and what was its issue.
    ids: list[str] = field(default_factory=list)
    issues: list[str] = field(default_factory=list)
    order: GateOrder = field(default_factory=GateOrder)
    _left: int | None = None

    @property
    def connections(self) -> set[asyncio.Transport]:
        return self.house.connections

    def obey(self, order: GateOrder) -> None:
        """From now on, do this."""
        self.order, self._left = order, order.times

    def visit(self, head: Head) -> Visit | None:
        if head.path == GATE:
            return Ordered(self.obey)
        if is_about_partner(head):
            return self.house.visit(head)
        client = "/".join(map(unquote, _header(head, "x-road-client").split("/")))
        parts = head.path.removeprefix("/r1/").split("/", _PARTS)
        self.ids = [*self.ids, _header(head, "x-road-id")][-_MAX_KEPT:]
        self.issues = [*self.issues, _header(head, "x-road-issue")][-_MAX_KEPT:]
        if wrong := self._wrong(head, client, parts):
            return Turned(_failed(GateOrder(error=wrong)))
        order = self._for_call()
        if order.error and not order.carried:
            return Turned(_failed(order))
        inside = self.house.visit(replace(head, path="/" + (parts[_PARTS] if len(parts) > _PARTS else "")))
        return _Passed(inside, lambda reply, body: self._signed(order, head, reply, body)) if inside else None

    def _for_call(self) -> GateOrder:
        order = self.order
        if self._left is not None:
            self._left -= 1
            if not self._left:
                self.obey(GateOrder())
        return order

    def _wrong(self, head: Head, client: str, parts: list[str]) -> str:
        """The error that a call gets as it is; '' for none."""
        if not head.path.startswith("/r1/") or len(parts) < _PARTS or not client:
            return "Client.BadRequest"
        if client not in self.clients:
            return "Server.ServerProxy.AccessDenied"
        if "/".join(map(unquote, parts[:_PARTS])) != self.service:
            return "Server.ServerProxy.UnknownService"
        return ""

    def _signed(self, order: GateOrder, head: Head, reply: Reply, body: bytes) -> Reply:
        if order.error:
            return _failed(order)
        digest = hashlib.sha512(hashlib.sha512(repr(head.path).encode()).digest() + hashlib.sha512(body).digest())
        added = {
            "X-Road-Client": _header(head, "x-road-client"),
            "X-Road-Service": self.service,
            "X-Road-Id": _header(head, "x-road-id"),
            "X-Road-Request-Id": f"request-{len(self.ids)}",
            "X-Road-Request-Hash": base64.b64encode(digest.digest()).decode(),
        }
        return replace(reply, headers={**reply.headers, **added})


def _failed(order: GateOrder) -> Reply:
    """An error of the server's own."""
    message = "Could not connect to any target host" if "Network" in order.error else "said on order"
    body = {"type": order.error, "message": message, "detail": "6b2b4b0e-tracked"}
    headers = {} if order.bare else {"X-Road-Error": order.error}
    return Reply(400 if order.error.startswith("Client.") else 500, body, headers)


class Turned:
    """A call that is turned away."""

    def __init__(self, reply: Reply) -> None:
        self._reply = reply

    def take(self, data: bytes) -> None:
        """Not looked at."""

    def play(self) -> Play:
        return Play(self._reply)

    def hold(self, release: Callable[[], None]) -> None:
        release()


class _Passed:
    """A call that is passed on; what the provider answers is changed on its way back."""

    def __init__(self, inside: Visit, change: Callable[[Reply, bytes], Reply]) -> None:
        self._inside = inside
        self._change = change
        self._body = bytearray()

    def take(self, data: bytes) -> None:
        self._body += data
        self._inside.take(data)

    def play(self) -> Play:
        played = self._inside.play()
        return replace(played, reply=self._change(played.reply, bytes(self._body))) if played.reply else played

    def hold(self, release: Callable[[], None]) -> None:
        self._inside.hold(release)


def _header(head: Head, name: str) -> str:
    return head.headers.get(name.encode(), b"").decode("latin-1")
