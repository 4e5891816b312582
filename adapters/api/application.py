"""The application of a door that describes itself: its calls, its page, and its refusals where there is no such call."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from fastapi import APIRouter, FastAPI, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from adapters.api.docs import docs
from adapters.api.guarded import refused
from adapters.api.openapi import document
from bus.desk import Desk, Face
from bus.errors import Rejected


def application(face: Face, desk: Desk, title: str, about: str, calls: Iterable[APIRouter]) -> FastAPI:
    """The application below the face's path."""
    app = FastAPI(title=title, version="1", description=about, docs_url=None, redoc_url=None, redirect_slashes=False)
    app.state.desk, app.state.door = desk, face.name
    app.openapi = cache(lambda: document(app))  # type: ignore[method-assign]
    app.add_route("/docs", docs(app.openapi, face.path), include_in_schema=False)
    for router in calls:
        app.include_router(router)
    app.add_exception_handler(HTTPException, _no_such_call)
    return app


async def _no_such_call(request: Request, _error: Exception) -> Response:
    return refused(request, Rejected("method.unknown", f"{request.method} {request.url.path}"[:100]))
