"""One connection of a caller, with bounds: on its request line and headers, on how long these may take, and on how many there are.

Who is there keeps its place; who comes when all are taken is refused in the protocol of the door it calls, and hung up on.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from bus.direct import DirectProtocol
from bus.errors import Rejected
from bus.peer import Peer, peer_of
from bus.whole import Answer, Answering

#: Where the scope of a request has who shows a certificate.
PEER = "bus.peer"


@dataclass(frozen=True, slots=True)
class Bounds:
    """What callers may ask of the listener. ``refuse`` words a refusal for a path."""

    refuse: Callable[[Rejected, str], Answer]
    #: Bytes of a request line and its headers.
    headers: int
    #: Connections at one moment; of as many more each is told so, and what comes beyond those is not answered at all.
    connections: int
    #: Seconds within which a connection, or a request on it, has told its headers.
    patience: float = 30.0


class Connection(DirectProtocol):
    """The protocol within these bounds."""

    def __init__(self, bounds: Bounds, answering: Mapping[bytes, Answering], **given: Any) -> None:
        super().__init__(answering, **given)
        self._bounds = bounds
        self._head = 0
        self._late = False
        self._timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.peer = _peer(transport)
        self._late = len(self.connections) > self._bounds.connections
        self._wait()
        if len(self.connections) > 2 * self._bounds.connections:
            transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        self._wait_no_more()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if not self.transport.is_closing():
            super().data_received(data)

    def on_message_begin(self) -> None:
        self._head = 0
        self._wait()
        super().on_message_begin()
        self.scope[PEER] = self.peer  # type: ignore[literal-required]

    def on_url(self, url: bytes) -> None:
        self._head += len(url)
        super().on_url(url)
        self._check()

    def on_header(self, name: bytes, value: bytes) -> None:
        self._head += len(name) + len(value) + 4
        super().on_header(name, value)
        self._check()

    def on_headers_complete(self) -> None:
        self._wait_no_more()
        if self._late:
            self._refuse(Rejected("bus.busy", "too many connections"))
        if not self.transport.is_closing():
            super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        if not self.transport.is_closing():
            super().on_body(body)

    def on_message_complete(self) -> None:
        if not self.transport.is_closing():
            super().on_message_complete()

    def _check(self) -> None:
        if self._head > self._bounds.headers:
            self._refuse(Rejected("request.header_too_large"))

    def _refuse(self, rejection: Rejected) -> None:
        if not self.transport.is_closing():
            path = self.url.split(b"?")[0].decode("latin-1")
            self.transport.write(_raw(*self._bounds.refuse(rejection, path)))
            self.transport.close()

    def _wait(self) -> None:
        self._wait_no_more()
        self._timer = self.loop.call_later(self._bounds.patience, self.transport.close)

    def _wait_no_more(self) -> None:
        if self._timer:
            self._timer.cancel()
            self._timer = None


def _peer(transport: asyncio.Transport) -> Peer | None:
    secured = transport.get_extra_info("ssl_object")
    return peer_of(secured.getpeercert(binary_form=True)) if secured else None


def _raw(status: int, headers: Mapping[str, str], body: bytes) -> bytes:
    lines = [f"HTTP/1.1 {status} Refused", *(f"{name}: {value}" for name, value in headers.items())]
    lines += [f"content-length: {len(body)}", "connection: close", "", ""]
    return "\r\n".join(lines).encode("latin-1") + body
