"""Calls an ASGI application in process, with header bytes exactly as a test wants them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self
from urllib.parse import unquote

from starlette.types import ASGIApp, Message

RawHeaders = Iterable[tuple[bytes, bytes]]


@dataclass(frozen=True)
class Reply:
    status: int
    headers: Mapping[str, str]
    body: bytes
    #: How many pieces the body came in.
    pieces: int

    def json(self) -> Any:
        return json.loads(self.body)


class Client:
    """One caller at one address; all its calls run in one event loop."""

    def __init__(self, app: ASGIApp, address: str = "192.0.2.10") -> None:
        self._app = app
        self._address = address
        self._runner = asyncio.Runner()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: TracebackType | None) -> None:
        self._runner.close()

    def call(
        self,
        method: str,
        target: str,
        headers: Mapping[str, str] | RawHeaders = (),
        body: bytes = b"",
        *,
        cut_short: bool = False,
    ) -> Reply:
        """One request; ``cut_short`` goes away after the body instead of ending it."""
        scope = self._scope(method, target, _raw(headers), len(body))
        return self._runner.run(self._exchange(scope, body, cut_short))

    def _scope(self, method: str, target: str, headers: list[tuple[bytes, bytes]], length: int) -> dict[str, Any]:
        path, _, query = target.partition("?")
        if not any(name == b"content-length" for name, _ in headers):
            headers.append((b"content-length", str(length).encode()))
        return {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.4"},
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": unquote(path),
            "raw_path": path.encode(),
            "root_path": "",
            "query_string": query.encode(),
            "headers": headers,
            "client": (self._address, 50000),
            "server": ("testserver", 80),
        }

    async def _exchange(self, scope: dict[str, Any], body: bytes, cut_short: bool) -> Reply:
        incoming: list[Message] = [{"type": "http.request", "body": body, "more_body": cut_short}]
        incoming += [{"type": "http.disconnect"}] if cut_short else []
        outgoing: list[Message] = []

        async def receive() -> Message:
            if incoming:
                return incoming.pop(0)
            return await asyncio.get_running_loop().create_future()

        async def send(message: Message) -> None:
            outgoing.append(message)

        await self._app(scope, receive, send)
        return _reply(outgoing)


def _raw(headers: Mapping[str, str] | RawHeaders) -> list[tuple[bytes, bytes]]:
    if isinstance(headers, Mapping):
        return [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    return list(headers)


def _reply(messages: list[Message]) -> Reply:
    start, *rest = messages
    assert start["type"] == "http.response.start", "an answer begins with its status"
    assert not rest[-1].get("more_body", False), "an answer ends"
    pieces = [piece for message in rest if (piece := message.get("body", b""))]
    headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in start["headers"]}
    return Reply(start["status"], headers, b"".join(pieces), len(pieces))
