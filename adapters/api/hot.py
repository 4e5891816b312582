"""The one call that is made for every document goes past FastAPI, whose injection costs more than reading the document.

FastAPI describes it all the same, and answers whatever else is asked at its path.
"""

from __future__ import annotations

from collections.abc import Mapping

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from adapters.api.door import caller_of, desk_of
from adapters.api.guarded import Handler, guarded
from adapters.api.intake import Wish, take
from adapters.api.messages import PREFIX, SendHeaders
from adapters.api.models import Accepted

#: By field, the header that says it.
_HEADERS = {name: name.replace("_", "-") for name in SendHeaders.model_fields}


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
    caller = caller_of(request)
    receipt = await take(desk_of(request), caller, request.stream(), _announced(request), _wish(request.headers))
    where = {"location": f"/api{PREFIX}/{receipt.message_id}"}
    return Response(Accepted.of(receipt).model_dump_json(), 202, where, "application/json")


def _wish(headers: Headers) -> Wish:
    """What the headers ask for. Raises RequestValidationError."""
    given = {name: headers[header] for name, header in _HEADERS.items() if header in headers}
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
    length = request.headers.get("content-length", "")
    return int(length) if length.isdigit() else None
