"""The one call that is made for every document goes past FastAPI, whose injection costs more than reading the document.

A small one that comes in whole goes past ASGI too. FastAPI describes it all the same, and answers whatever else is asked
at its path.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence

import orjson
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from adapters.api.door import KEY_HEADER, owner_of
from adapters.api.guarded import count, named
from adapters.api.intake import Wish, accept
from adapters.api.messages import PREFIX, SendHeaders
from adapters.api.models import Accepted
from adapters.api.problems import refusal
from bus.desk import Desk, Received
from bus.whole import Answer, Whole

PATH = f"/api{PREFIX}"
#: By header, the field it fills.
_FIELDS = {name.replace("_", "-").encode(): name for name in SendHeaders.model_fields}

_Headers = Sequence[tuple[bytes, bytes]]


def hot(app: FastAPI, sending: Sending) -> ASGIApp:
    """``app``, with the sending of messages taken out of its hands."""

    async def doorway(scope: Scope, receive: Receive, send: Send) -> None:
        if not _is_send(scope):
            await app(scope, receive, send)
            return
        status, headers, body = await sending.streamed(scope, receive)
        await Response(body, status, headers)(scope, receive, send)

    return doorway


def _is_send(scope: Scope) -> bool:
    path: str = scope["path"]
    return scope["type"] == "http" and scope["method"] == "POST" and path.removeprefix(scope["root_path"]) == PREFIX


class Sending:
    """Answers those who send messages: the same, however their calls come."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def whole(self, call: Whole) -> Answer:
        """The answer to a small call that is all there."""
        return await self._answer(call.headers, call.address, lambda: self._desk.take(call.body))

    async def streamed(self, scope: Scope, receive: Receive) -> Answer:
        """The answer to a call whose body comes in pieces."""
        headers, (address, _) = scope["headers"], scope.get("client") or ("", 0)
        announced = _announced(headers)
        return await self._answer(headers, address, lambda: self._desk.receive(_Body(receive), announced=announced))

    async def _answer(self, given: _Headers, address: str, take: Callable[[], Awaitable[Received]]) -> Answer:
        desk, partner, headers = self._desk, "", _first(given)
        try:
            caller = owner_of(desk, headers.get(KEY_HEADER, b""), address)
            partner, wish = caller.partner, _wish(headers)
            receipt = await accept(desk, caller, await take(), wish)
        except Exception as error:
            rejection = named(error, PATH, partner)
            count(desk, rejection, partner, address)
            return refusal(rejection)
        where = {"location": f"{PATH}/{receipt.message_id}", "content-type": "application/json"}
        return 202, where, orjson.dumps(Accepted.of(receipt))


class _Body:
    """The pieces of a body as they come. Raises ClientDisconnect where it breaks off."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._more = True

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self

    async def __anext__(self) -> bytes:
        if not self._more:
            raise StopAsyncIteration
        message = await self._receive()
        if message["type"] != "http.request":
            raise ClientDisconnect
        self._more = message.get("more_body", False)
        piece: bytes = message.get("body", b"")
        return piece


def _first(headers: _Headers) -> dict[bytes, bytes]:
    """The first header of each name."""
    return dict(reversed(headers))


def _wish(headers: Mapping[bytes, bytes]) -> Wish:
    """What the headers ask for. Raises RequestValidationError."""
    given = {field: headers[name].decode("latin-1") for name, field in _FIELDS.items() if name in headers}
    return _checked(given).wish() if given else Wish()


def _checked(given: Mapping[str, str]) -> SendHeaders:
    try:
        return SendHeaders.model_validate(given)
    except ValidationError as error:
        wrong = error.errors(include_url=False, include_input=False)
        raise RequestValidationError(
            [{**one, "loc": ("header", str(one["loc"][0]).replace("_", "-"))} for one in wrong]
        ) from error


def _announced(headers: _Headers) -> int | None:
    length = _first(headers).get(b"content-length", b"")
    return int(length) if length.isdigit() else None
