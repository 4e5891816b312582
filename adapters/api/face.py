"""The plain door: raw bodies in, JSON out, described at ``/api/docs``."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from fastapi import FastAPI, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import ASGIApp

from adapters.api import files, mailbox, messages, statuses, uploads
from adapters.api.docs import docs
from adapters.api.door import DOOR
from adapters.api.guarded import refused
from adapters.api.hot import PATH, Sending, hot
from adapters.api.openapi import document
from adapters.api.problems import refusal
from bus.desk import Desk
from bus.errors import Rejected
from bus.whole import Answering

_ABOUT = """
Messages go in as they are and come out as they went in. A **202** is given after the message was made durable;
before that nothing was taken, so any other answer (or none) may be met by sending again with the same
`Idempotency-Key`. Refusals are `application/problem+json` with a stable `code`.
"""


class ApiFace:
    """The door ``/api``."""

    name = DOOR
    path = "/api"

    def mount(self, desk: Desk) -> ASGIApp:
        """The application below ``/api``."""
        app = FastAPI(
            title="Liên Thông Bus",
            version="1",
            description=_ABOUT,
            docs_url=None,
            redoc_url=None,
            redirect_slashes=False,
        )
        app.state.desk, app.state.door = desk, DOOR
        app.openapi = cache(lambda: document(app))  # type: ignore[method-assign]
        app.add_route("/docs", docs(app.openapi, self.path), include_in_schema=False)
        app.include_router(messages.router())
        for part in (mailbox, statuses, uploads, files):
            app.include_router(part.router())
        app.add_exception_handler(HTTPException, _no_such_call)
        return hot(app, Sending(desk))

    def direct(self, desk: Desk) -> Mapping[str, Answering]:
        """Sending a message, where it is small."""
        return {PATH: Sending(desk).whole}

    def refusal(self, rejection: Rejected, _path: str) -> tuple[int, Mapping[str, str], bytes]:
        """A refusal in this door's own form."""
        return refusal(rejection)


async def _no_such_call(request: Request, _error: Exception) -> Response:
    return refused(request, Rejected("method.unknown", f"{request.method} {request.url.path}"[:100]))
