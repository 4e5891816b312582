"""The axis's protocol served to document-management software: it changes one URL and works.

Promises: every answer is the protocol's envelope (or, for downloadEdoc, empty when it says no), whatever
goes wrong; nothing of a call but its system id is believed before its signature was found right.
"""

from __future__ import annotations

from collections.abc import Mapping

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from adapters.vxp.call import Call
from adapters.vxp.door import DOOR, address_of, authenticate
from adapters.vxp.operations import OPERATIONS, UNKNOWN, Operation
from bus import log
from bus.desk import Desk
from bus.errors import Busy, NotFound, Rejected

#: No call but sendEdoc has a body worth more.
_SMALL_BODY = 64 << 10


class VxpFace:
    """The door ``/vxp``."""

    name = DOOR
    path = "/vxp"

    def mount(self, desk: Desk) -> ASGIApp:
        """The application below ``/vxp``."""
        return _Application(desk)

    def refusal(self, rejection: Rejected, path: str) -> tuple[int, Mapping[str, str], bytes]:
        """A refusal as the call at this path says it."""
        return _operation(path.removeprefix(self.path)).refusal(rejection)


class _Application:
    """One request in, one envelope out."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        answer = await self._answer(request, _operation(_path(scope)))
        await answer(scope, receive, send)

    async def _answer(self, request: Request, operation: Operation) -> ASGIApp:
        try:
            return await self._handle(request, operation)
        except Rejected as rejection:
            return self._refuse(request, operation, rejection)
        except ClientDisconnect:
            return self._refuse(request, operation, Rejected("body.truncated"))
        except NotFound:
            return self._refuse(request, operation, Rejected("not_found"))
        except Busy:
            return self._refuse(request, operation, Rejected("bus.busy"))
        except Exception:
            log.get(door=DOOR).exception("call.failed", path=request.url.path, partner=_partner(request))
            return self._refuse(request, operation, Rejected("bus.fault"))

    async def _handle(self, request: Request, operation: Operation) -> ASGIApp:
        # Read even where it says nothing: the SDK waits for "100 Continue", which the server sends when we read.
        body = b"" if operation.takes_document else await _small_body(request)
        if operation.handle is None or request.method not in {"GET", "POST"}:
            raise Rejected("method.unknown", f"{request.method} {request.url.path}"[:100])
        caller, signed = authenticate(self._desk, request)
        request.state.partner = caller.partner
        return await operation.handle(Call(self._desk, caller, signed, request, body))

    def _refuse(self, request: Request, operation: Operation, rejection: Rejected) -> ASGIApp:
        self._desk.refused(
            DOOR,
            rejection,
            partner=_partner(request),
            address=address_of(request),
            digest=str(rejection.details.get("digest", "")),
            size=int(str(rejection.details.get("size", 0))),
        )
        status, headers, body = operation.refusal(rejection)
        return Response(body, status, headers)


def _operation(path: str) -> Operation:
    """The call below ``/vxp``: an endpoint written with a final slash makes the SDK ask for ``/vxp//name``."""
    return OPERATIONS.get(path.strip("/"), UNKNOWN)


def _path(scope: Scope) -> str:
    path: str = scope["path"]
    return path.removeprefix(scope.get("root_path", ""))


def _partner(request: Request) -> str:
    partner: str = getattr(request.state, "partner", "")
    return partner


async def _small_body(request: Request) -> bytes:
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > _SMALL_BODY:
            raise Rejected("body.too_large", f"this call takes {_SMALL_BODY} bytes")
    return bytes(body)
