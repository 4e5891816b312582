"""A route that answers in our form whatever happens, and has every refusal counted."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.types import Message, Receive

from adapters.api.door import DOOR, address_of, desk_of, door_of
from adapters.api.problems import response
from bus import log
from bus.desk import Desk
from bus.errors import Busy, NotFound, Rejected

#: Bytes of a body of fields.
FIELDS_MAX = 256 << 10
Handler = Callable[[Request], Coroutine[Any, Any, Response]]


class GuardedRoute(APIRoute):
    """Turns what a handler raises into a problem, and reads no body without end: fields are read whole."""

    #: Bytes of a body; None where it is taken piece by piece.
    most: int | None = FIELDS_MAX

    def get_route_handler(self) -> Handler:
        """FastAPI's own handler, guarded."""
        inner, most = super().get_route_handler(), self.most
        if most is None:
            return guarded(inner)
        return guarded(lambda request: inner(Request(request.scope, _bounded(request.receive, most))))


def _bounded(receive: Receive, most: int) -> Receive:
    left = most

    async def bounded() -> Message:
        nonlocal left
        message = await receive()
        left -= len(message.get("body", b""))
        if left < 0:
            raise Rejected("body.too_large", f"more than {most} bytes of fields", limit=most)
        return message

    return bounded


def guarded(inner: Handler) -> Handler:
    """``inner``, with whatever it raises turned into a problem."""

    async def handler(request: Request) -> Response:
        try:
            return await inner(request)
        except Exception as error:
            return refused(request, named(error, request.url.path, _partner(request), door_of(request)))

    return handler


def refused(request: Request, rejection: Rejected) -> Response:
    """Count the refusal and say no."""
    count(desk_of(request), rejection, _partner(request), address_of(request), door_of(request))
    return response(rejection)


def count(desk: Desk, rejection: Rejected, partner: str, address: str, door: str = DOOR) -> None:
    """Have the bus count the refusal, and record it as it does."""
    desk.refused(
        door,
        rejection,
        partner=partner,
        address=address,
        digest=str(rejection.details.get("digest", "")),
        size=int(str(rejection.details.get("size", 0))),
    )


def named(error: Exception, path: str, partner: str, door: str = DOOR) -> Rejected:
    """What came up while a call to this path was answered, as a refusal; what nobody foresaw is logged."""
    match error:
        case Rejected():
            return error
        case RequestValidationError() | HTTPException() | ClientDisconnect():
            return _unread(error)
        case NotFound():
            return Rejected("not_found")
        case Busy():
            return Rejected("bus.busy")
    log.get(door=door).error("call.failed", path=path, partner=partner, exc_info=error)
    return Rejected("bus.fault")


def _unread(error: RequestValidationError | HTTPException | ClientDisconnect) -> Rejected:
    """Why a request could not be read; FastAPI hides what came up while it read a body behind an error of its own."""
    if isinstance(error, RequestValidationError):
        return Rejected("request.invalid", _what_is_wrong(error))
    if isinstance(error.__cause__, Rejected):
        return error.__cause__
    if isinstance(error, ClientDisconnect) or isinstance(error.__cause__, ClientDisconnect):
        return Rejected("body.truncated")
    return Rejected("request.invalid", "the body is no JSON")


def _what_is_wrong(error: RequestValidationError) -> str:
    """Where and what, without the value: it may be a part of a body."""
    return "; ".join(f"{'.'.join(str(part) for part in one['loc'])}: {one['msg']}" for one in error.errors())


def _partner(request: Request) -> str:
    partner: str = getattr(request.state, "partner", "")
    return partner
