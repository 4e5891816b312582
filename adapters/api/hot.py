"""The one call that is made for every document goes past FastAPI, whose injection costs more than reading the document.

FastAPI describes it all the same, and answers whatever else is asked at its path.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping

import orjson
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from adapters.api.door import caller_of, desk_of, header_of
from adapters.api.guarded import Handler, guarded
from adapters.api.intake import Wish, take
from adapters.api.messages import PREFIX, SendHeaders
from adapters.api.models import Accepted

#: By header, the field it fills.
_FIELDS = {name.replace("_", "-").encode(): name for name in SendHeaders.model_fields}


def hot(app: FastAPI) -> ASGIApp:
    """``app``, with the sending of messages taken out of its hands."""
    answer: Handler = guarded(_send)

    async def doorway(scope: Scope, receive: Receive, send: Send) -> None:
        if not _is_send(scope):
            await app(scope, receive, send)
            return
        scope["app"] = app
        response = await answer(Request(scope, receive))
        await response(scope, receive, send)

    return doorway


def _is_send(scope: Scope) -> bool:
    path: str = scope["path"]
    return scope["type"] == "http" and scope["method"] == "POST" and path.removeprefix(scope["root_path"]) == PREFIX


async def _send(request: Request) -> Response:
    desk = desk_of(request)
    caller = caller_of(desk, request)
    receipt = await take(desk, caller, _Body(request.receive), _announced(request), _wish(request))
    where = {"location": f"/api{PREFIX}/{receipt.message_id}"}
    return Response(orjson.dumps(Accepted.of(receipt)), 202, where, "application/json")


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


def _wish(request: Request) -> Wish:
    """What the headers ask for, the first of each. Raises RequestValidationError."""
    headers = reversed(request.scope["headers"])
    given = {_FIELDS[name]: value.decode("latin-1") for name, value in headers if name in _FIELDS}
    return _checked(given).wish() if given else Wish()


def _checked(given: Mapping[str, str]) -> SendHeaders:
    try:
        return SendHeaders.model_validate(given)
    except ValidationError as error:
        wrong = error.errors(include_url=False, include_input=False)
        raise RequestValidationError(
            [{**one, "loc": ("header", str(one["loc"][0]).replace("_", "-"))} for one in wrong]
        ) from error


def _announced(request: Request) -> int | None:
    length = header_of(request, b"content-length") or b""
    return int(length) if length.isdigit() else None
