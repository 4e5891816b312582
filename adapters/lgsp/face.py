"""The edoc REST calls of a provincial service platform (LGSP), served to software that was written for one.

Promises: every answer is the protocol's envelope, whatever goes wrong; nothing of a call is believed before it was shown
who calls; a document is never whole in memory, and "success" is said when it is on disk.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from adapters.http.faces import answered, small_body
from adapters.lgsp.call import DOOR, Call
from adapters.lgsp.credentials import authenticate
from adapters.lgsp.operations import Operation, operation_of
from adapters.lgsp.token_call import token
from bus.desk import Desk
from bus.errors import Rejected

#: No call but sendEdoc has a body worth more.
_SMALL_BODY = 64 << 10


class LgspFace:
    """The door ``/lgsp``."""

    name = DOOR
    path = "/lgsp"

    def mount(self, desk: Desk) -> ASGIApp:
        """The application below ``/lgsp``."""
        return _Application(desk)

    def refusal(self, rejection: Rejected, path: str) -> tuple[int, Mapping[str, str], bytes]:
        """A refusal as the call at this path says it."""
        return operation_of(path.removeprefix(self.path)).refusal(rejection)


class _Application:
    """One request in, one envelope out."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        operation = operation_of(scope["path"].removeprefix(scope.get("root_path", "")))
        handle = partial(self._handle, operation)
        answer = await answered(self._desk, DOOR, Request(scope, receive), handle, operation.refusal)
        await answer(scope, receive, send)

    async def _handle(self, operation: Operation, request: Request) -> ASGIApp:
        if request.method != operation.method:
            raise Rejected("method.unknown", f"{request.method} {request.url.path}"[:100])
        if operation.handle is None:
            return await token(self._desk, request)
        caller = authenticate(self._desk, request)
        body = b"" if operation.takes_document else await small_body(request, _SMALL_BODY)
        return await operation.handle(Call(self._desk, caller, request, body))
