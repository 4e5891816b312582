"""Whose address a call has: the socket's, whatever its headers say."""

from __future__ import annotations

import http.client

from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from bus.connection import Bounds
from bus.listener import Server


async def who(scope: Scope, receive: Receive, send: Send) -> None:
    await PlainTextResponse(f"{scope['client'][0]} {scope['scheme']}")(scope, receive, send)


def test_no_header_says_where_a_call_comes_from() -> None:
    """Sign-ins are throttled by address: one that can be made up would throttle others, or nobody."""
    server = Server.on_address(who, ("127.0.0.1", 0), Bounds(lambda _rejection, _path: (431, {}, b""), 4096, 10))
    server.start()
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    try:
        connection.request("GET", "/", headers={"X-Forwarded-For": "192.0.2.1", "X-Forwarded-Proto": "https"})
        said = connection.getresponse().read()
    finally:
        connection.close()
        server.stop()

    assert said == b"127.0.0.1 http"
