"""A route that answers in our form whatever happens, and has every refusal counted."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.requests import ClientDisconnect
from starlette.responses import Response

from adapters.api.door import DOOR, address_of, desk_of
from adapters.api.problems import response
from bus import log
from bus.errors import Busy, NotFound, Rejected

Handler = Callable[[Request], Coroutine[Any, Any, Response]]


class GuardedRoute(APIRoute):
    """Turns what a handler raises into a problem."""

    def get_route_handler(self) -> Handler:
        """FastAPI's own handler, guarded."""
        return guarded(super().get_route_handler())


def guarded(inner: Handler) -> Handler:
    """``inner``, with whatever it raises turned into a problem."""

    async def handler(request: Request) -> Response:
        try:
            return await inner(request)
        except Exception as error:
            return refused(request, _named(request, error))

    return handler


def refused(request: Request, rejection: Rejected) -> Response:
    """Count the refusal and say no."""
    desk_of(request).refused(
        DOOR,
        rejection,
        partner=_partner(request),
        address=address_of(request),
        digest=str(rejection.details.get("digest", "")),
        size=int(str(rejection.details.get("size", 0))),
    )
    return response(rejection)


def _named(request: Request, error: Exception) -> Rejected:
    match error:
        case Rejected():
            return error
        case RequestValidationError():
            return Rejected("request.invalid", _what_is_wrong(error))
        case ClientDisconnect():
            return Rejected("body.truncated")
        case NotFound():
            return Rejected("not_found")
        case Busy():
            return Rejected("bus.busy")
    log.get(door=DOOR).error("call.failed", path=request.url.path, partner=_partner(request), exc_info=error)
    return Rejected("bus.fault")


def _what_is_wrong(error: RequestValidationError) -> str:
    """Where and what, without the value: it may be a part of a body."""
    return "; ".join(f"{'.'.join(str(part) for part in one['loc'])}: {one['msg']}" for one in error.errors())


def _partner(request: Request) -> str:
    partner: str = getattr(request.state, "partner", "")
    return partner
