"""The statuses that the bus writes itself: about one document, to the one who sent it.

Asked again about the same event, they are the same bytes, so that what was told is not told twice.
"""

from __future__ import annotations

import hashlib
import io

import orjson

import schemas
from bus.clock import instant
from bus.errors import Rejected
from bus.journal.event import Event
from bus.message import FROM_THE_BUS, Claim, Inbound
from schemas.content import Invalid
from schemas.edxml.models import Organ, Status, StatusHeader, StatusResponse
from schemas.edxml.times import read_day
from schemas.edxml.writer import write


def reply(document: Event, by: Organ, code: str, at: int, description: str = "") -> Inbound:
    """A status of this agency about a document, of an instant (microseconds), on its way to the document's sender.

    Raises Rejected where no message of the standard can say it.
    """
    header = StatusHeader(
        from_=by,
        response_for=_response(document),
        status_code=code,
        description=description,
        timestamp=instant(at),
    )
    body = _written(Status(message_header=header))
    reader = schemas.reader()
    reader.feed(body)
    claim = Claim(hashlib.sha256(body).hexdigest(), len(body), body)
    return Inbound(FROM_THE_BUS, reader.close(), claim, (document.sender,))


def _written(status: Status) -> bytes:
    out = io.BytesIO()
    try:
        write(status, out)
    except Invalid as invalid:
        raise Rejected(invalid.code, invalid.detail) from invalid
    return out.getvalue()


def _response(document: Event) -> StatusResponse:
    """The document as its sender named it."""
    view = orjson.loads(document.view or "{}")
    return StatusResponse(
        organ_id=str(view.get("sender") or document.sender),
        code=str(view.get("number", "")),
        document_id=document.key,
        promulgation_date=read_day(str(view.get("promulgation_date", ""))),
    )
