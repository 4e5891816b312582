"""The door for reports, described at ``/reports/docs``."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from fastapi import FastAPI, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import ASGIApp

from adapters.api.docs import docs
from adapters.api.guarded import refused
from adapters.api.openapi import document
from adapters.api.problems import refusal
from adapters.api.reports import asking, calendar, forms, sdmx, sending
from adapters.api.reports.settings import DOOR
from bus.desk import Desk
from bus.errors import Rejected

_ABOUT = """
Reports go in as packets (JSON) or as filled forms (XLSX, CSV) or as SDMX. A **202** is given after the report was made durable. What breaks a rule
of its regime is refused whole, with all that is wrong in `problems`: sheet, cell, rule and words, in Vietnamese or English (`lang`).
The contracts are ours; QCVN 125:2021 names the packets and not their fields.
"""


class ReportsFace:
    """The door ``/reports``."""

    name = DOOR
    path = "/reports"

    def mount(self, desk: Desk) -> ASGIApp:
        """The application below ``/reports``."""
        app = FastAPI(
            title="Liên Thông Bus: báo cáo",
            version="1",
            description=_ABOUT,
            docs_url=None,
            redoc_url=None,
            redirect_slashes=False,
        )
        app.state.desk, app.state.door = desk, DOOR
        app.openapi = cache(lambda: document(app))  # type: ignore[method-assign]
        app.add_route("/docs", docs(app.openapi, self.path), include_in_schema=False)
        for part in (sending, asking, calendar, forms, sdmx):
            app.include_router(part.router())
        app.add_exception_handler(HTTPException, _no_such_call)
        return app

    def refusal(self, rejection: Rejected, _path: str) -> tuple[int, Mapping[str, str], bytes]:
        """A refusal in this door's own form."""
        return refusal(rejection)


async def _no_such_call(request: Request, _error: Exception) -> Response:
    return refused(request, Rejected("method.unknown", f"{request.method} {request.url.path}"[:100]))
