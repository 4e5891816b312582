"""The door for reports, described at ``/reports/docs``."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.types import ASGIApp

from adapters.api.application import application
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
        calls = (one.router() for one in (sending, sdmx, asking, calendar, forms))
        return application(self, desk, "Liên Thông Bus: báo cáo", _ABOUT, calls)

    def refusal(self, rejection: Rejected, _path: str) -> tuple[int, Mapping[str, str], bytes]:
        """A refusal in this door's own form."""
        return refusal(rejection)
