"""How many connections there are is bounded, and nobody loses a place to a newcomer."""

from __future__ import annotations

import http.client
import socket
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager

import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from bus.connection import Bounds
from bus.errors import Rejected
from bus.listener import Server
from bus.whole import Answer

PATIENCE = 30.0


async def taken(scope: Scope, receive: Receive, send: Send) -> None:
    body = await Request(scope, receive).body()
    await PlainTextResponse(f"{len(body)} bytes")(scope, receive, send)


def refuse(rejection: Rejected, path: str) -> Answer:
    return 503, {"content-type": "text/plain"}, f"{rejection.code} at {path}".encode()


@contextmanager
def server(connections: int, patience: float = PATIENCE) -> Iterator[int]:
    """The port of one that serves so many."""
    made = Server.on_address(taken, ("127.0.0.1", 0), Bounds(refuse, 4096, connections, patience))
    made.start()
    try:
        yield made.port
    finally:
        made.stop()


@contextmanager
def caller(port: int) -> Iterator[http.client.HTTPConnection]:
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)) as connection:
        connection.connect()
        yield connection


def answer(connection: http.client.HTTPConnection, body: bytes = b"") -> tuple[int, bytes]:
    connection.request("POST", "/vxp/sendEdoc?x=1", body)
    response = connection.getresponse()
    return response.status, response.read()


def test_a_newcomer_beyond_the_bound_is_refused_and_hung_up_on() -> None:
    """In its door's words; who was there before is served on, and a place that is left can be had."""
    with server(1) as port, caller(port) as first:
        assert answer(first) == (200, b"0 bytes")
        with caller(port) as second:
            assert answer(second, b"document") == (503, b"bus.busy at /vxp/sendEdoc")
            assert second.sock is None or second.sock.recv(1) == b""
        assert answer(first, b"document") == (200, b"8 bytes")
        first.close()
        while True:
            with caller(port) as third:
                status, _ = answer(third)
            if status == 200:
                break


def test_what_comes_in_floods_is_not_answered_at_all() -> None:
    """Twice as many as are served are told so; connections beyond those are closed as they come."""
    with server(1) as port, ExitStack() as opened:
        silent = [opened.enter_context(caller(port)) for _ in range(2)]
        assert answer(silent[0]) == (200, b"0 bytes")
        with caller(port) as beyond, pytest.raises((ConnectionError, http.client.RemoteDisconnected)):
            answer(beyond)


@pytest.mark.parametrize("said", [b"", b"POST / HTT", b"POST / HTTP/1.1\r\nhost: x\r\n"])
def test_who_does_not_tell_its_headers_loses_its_place(said: bytes) -> None:
    """However far it came; also after requests that were answered."""
    whole = b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 0\r\n\r\n"
    with server(1, patience=0.05) as port, socket.create_connection(("127.0.0.1", port), PATIENCE) as lazy:
        for request in (whole, said) if said else (said,):
            lazy.sendall(request)
        received = b""
        while more := lazy.recv(4096):
            received += more

    assert received.startswith(b"HTTP/1.1 200" if said else b"")


def test_a_body_may_take_its_time() -> None:
    """The patience is for headers; what is done about a body that stops is the reception's."""
    with server(1, patience=0.05) as port, caller(port) as slow:
        slow.putrequest("POST", "/")
        slow.putheader("content-length", "2")
        slow.endheaders()
        slow.sock.settimeout(0.2)
        with pytest.raises(TimeoutError):
            slow.sock.recv(1)
        slow.sock.settimeout(PATIENCE)
        slow.send(b"ab")
        assert slow.getresponse().read() == b"2 bytes"
