"""The axis's protocol served to document-management software: it changes one URL and works.

Promises: every answer is the protocol's envelope (or, for downloadEdoc, empty when it says no), whatever
goes wrong; nothing of a call but its system id is believed before its signature was found right.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from adapters.http.faces import answered, known, small_body
from adapters.vxp.call import Call
from adapters.vxp.door import DOOR, authenticate
from adapters.vxp.operations import OPERATIONS, UNKNOWN, Operation
from bus.desk import Desk
from bus.errors import Rejected

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
        operation = _operation(_path(scope))
        handle = partial(self._handle, operation)
        answer = await answered(self._desk, DOOR, Request(scope, receive), handle, operation.refusal)
        await answer(scope, receive, send)

    async def _handle(self, operation: Operation, request: Request) -> ASGIApp:
        # Read even where it says nothing: the SDK waits for "100 Continue", which the server sends when we read.
        body = b"" if operation.takes_document else await small_body(request, _SMALL_BODY)
        if operation.handle is None or request.method not in {"GET", "POST"}:
            raise Rejected("method.unknown", f"{request.method} {request.url.path}"[:100])
        caller, signed = authenticate(self._desk, request)
        known(request, caller.partner)
        return await operation.handle(Call(self._desk, caller, signed, request, body))


def _operation(path: str) -> Operation:
    """The call below ``/vxp``: an endpoint written with a final slash makes the SDK ask for ``/vxp//name``."""
    return OPERATIONS.get(path.strip("/"), UNKNOWN)


def _path(scope: Scope) -> str:
    path: str = scope["path"]
    return path.removeprefix(scope.get("root_path", ""))
