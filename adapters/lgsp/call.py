"""One call of a partner that showed who it is: what was asked, and where the bus is."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from starlette.requests import Request

from adapters.lgsp.door_settings import LgspDoor
from bus.clock import micros
from bus.desk import Caller, Desk
from bus.errors import Rejected

DOOR = "lgsp"
TYPES = ("edoc", "status")
SERVICE = "eDoc"
#: What our own ids look like; what does not is nobody's.
_DOC_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")


@dataclass(frozen=True, slots=True)
class Call:
    """What a handler works with. ``body`` is the small body of calls that do not send a document."""

    desk: Desk
    caller: Caller
    request: Request
    body: bytes = b""

    def asked(self, name: str) -> str:
        """A parameter of the address; empty where it is not there."""
        return self.request.query_params.get(name, "").strip()

    def is_own(self, code: str) -> bool:
        """Whether the caller acts for this agency, however its code is spelled."""
        return self.desk.canonical(code) in self.caller.agencies


def message_type(text: str) -> str:
    """``edoc`` or ``status``. Raises ``Rejected('request.invalid')``."""
    if (value := text.strip().lower()) not in TYPES:
        raise Rejected("request.invalid", f"messageType: {text[:40]!r} is neither edoc nor status")
    return value


def doc_id(value: object) -> str:
    """A docId that may be one of ours. Raises Rejected: ``request.invalid`` without one, else ``not_found``."""
    if not isinstance(value, str) or not value.strip():
        raise Rejected("request.invalid", "docId: missing")
    if not _DOC_ID.fullmatch(value.strip()):
        raise Rejected("not_found", "docId")
    return value.strip()


def token_life(caller: Caller) -> int:
    """For how long a token of this partner is good, in microseconds."""
    settings = caller.settings
    return micros(settings.token_life if isinstance(settings, LgspDoor) else timedelta(minutes=30))


def edxml_as(caller: Caller) -> Literal["base64", "text"]:
    """How this partner wants documents written into JSON."""
    settings = caller.settings
    return settings.edxml if isinstance(settings, LgspDoor) else "base64"
