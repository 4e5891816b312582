"""Tells a sender that a recipient's copy failed for good: by a status 02, where the rule says so (semantics 2).

Its From is the bus's own code, never the recipient's, for the recipient said nothing.
"""

from __future__ import annotations

import hashlib
import io
from datetime import datetime, timedelta, timezone

import orjson

import schemas
from bus.clock import instant
from bus.ingress import PlanHolder
from bus.journal.browse import Browse, Happened, Listed
from bus.journal.states import State
from bus.message import Claim, Inbound, ReturnAddress
from schemas.edxml.models import Organ, Status, StatusHeader, StatusResponse
from schemas.edxml.times import read_day
from schemas.edxml.writer import write

#: Timestamps of the standard have no zone and mean Vietnam's time.
_VIETNAM = timezone(timedelta(hours=7))


class Teller:
    """The consequence of a copy's death. ``own_code`` is the bus's agency code; without one nobody is told."""

    name = "tell_sender"

    def __init__(self, browse: Browse, holder: PlanHolder, own_code: str) -> None:
        self._browse = browse
        self._holder = holder
        self._own_code = own_code

    def of(self, event: Happened) -> Inbound | None:
        """The status 02 for this event, if it calls for one."""
        if not self._own_code or event.state != State.DEAD or event.copy is None:
            return None
        dead = self._browse.copy(event.copy)
        if dead is None or dead.event.type != "edoc" or not self._asked_for(dead.copy.rule):
            return None
        return self._inbound(dead, _status(dead, event, self._own_code))

    def _asked_for(self, rule: str) -> bool:
        return any(route.name == rule and route.tell_sender for route in self._holder.plan.routes.routes)

    def _inbound(self, dead: Listed, body: bytes) -> Inbound:
        reader = schemas.reader()
        reader.feed(body)
        claim = Claim(hashlib.sha256(body).hexdigest(), len(body), body)
        return Inbound(ReturnAddress("bus"), reader.close(), claim, (dead.event.sender,))


def _status(dead: Listed, event: Happened, own_code: str) -> bytes:
    header = StatusHeader(
        from_=Organ(organ_id=own_code),
        response_for=_response(dead),
        status_code="02",
        description=f"Không chuyển được tới {dead.copy.recipient}: {dead.copy.reason}",
        timestamp=_local(event.at),
    )
    out = io.BytesIO()
    write(Status(message_header=header), out)
    return out.getvalue()


def _response(dead: Listed) -> StatusResponse:
    view = orjson.loads(dead.event.view or "{}")
    return StatusResponse(
        organ_id=dead.event.sender,
        code=str(view.get("number", "")),
        document_id=dead.event.key,
        promulgation_date=read_day(str(view.get("promulgation_date", ""))),
    )


def _local(at: int) -> datetime:
    return instant(at).astimezone(_VIETNAM).replace(tzinfo=None, microsecond=0)
