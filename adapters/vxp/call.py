"""One signed call: who calls, what was signed, and where the bus is."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.requests import Request

from adapters.vxp.signing import PREFIX, Signed
from bus.desk import Caller, Desk
from bus.errors import Rejected

TYPES = ("edoc", "status")
SERVICE = "eDoc"


@dataclass(frozen=True, slots=True)
class Call:
    """What a handler works with. ``body`` is the small body of calls that do not send a document."""

    desk: Desk
    caller: Caller
    signed: Signed
    request: Request
    body: bytes = b""

    def need(self, name: str) -> str:
        """A signed header that must be there."""
        value = self.signed.get(name)
        if not value:
            raise Rejected("request.invalid", f"{PREFIX}{name}: missing")
        return value

    def message_type(self) -> str:
        """The kind of message the call is about."""
        value = self.need("messagetype").lower()
        if value not in TYPES:
            raise Rejected("request.invalid", f"{PREFIX}messagetype: {value[:40]!r} is neither edoc nor status")
        return value

    def is_own(self, code: str) -> bool:
        """Whether the caller acts for this agency, however its code is spelled."""
        return self.desk.canonical(code) in self.caller.agencies
