"""The plain door: raw bodies in, JSON out, described at ``/api/docs``."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.types import ASGIApp

from adapters.api import files, mailbox, messages, statuses, uploads
from adapters.api.application import application
from adapters.api.door import DOOR
from adapters.api.hot import PATH, Sending, hot
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
        calls = (one.router() for one in (messages, mailbox, statuses, uploads, files))
        return hot(application(self, desk, "Liên Thông Bus", _ABOUT, calls), Sending(desk))

    def direct(self, desk: Desk) -> Mapping[str, Answering]:
        """Sending a message, where it is small."""
        return {PATH: Sending(desk).whole}

    def refusal(self, rejection: Rejected, _path: str) -> tuple[int, Mapping[str, str], bytes]:
        """A refusal in this door's own form."""
        return refusal(rejection)
