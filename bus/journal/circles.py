"""A document that keeps coming in by one source goes in circles: what is still open of it is held (semantics 11).

One recipient's copy is counted, for an axis hands out every recipient's as an item of its own.
"""

from __future__ import annotations

from collections.abc import Sequence

import orjson
from sqlalchemy import bindparam, select

from bus.journal import schema
from bus.journal.copy import move
from bus.journal.event import Event
from bus.journal.fingerprint import fingerprint
from bus.journal.ledger import Ledger
from bus.journal.states import Reason, State
from bus.message import Inbound

#: How often an event may come in by one endpoint for one recipient.
MOST = 3
_CAME = "message.repeated"
_OPEN = (State.QUEUED, State.WAITING, State.OFFERED)
_E = schema.events.c
_REPEATS = select(_E.detail).where(_E.message == bindparam("message"), _E.what == _CAME, _E.by == bindparam("endpoint"))


def came_too_often(ledger: Ledger, inbound: Inbound, event: Event, recipients: Sequence[str]) -> bool:
    """Note that a source has this event for these recipients once more; whether that is too often."""
    if inbound.remote is None:
        return False
    endpoint, wanted = inbound.remote.endpoint, set(recipients)
    rows = ledger.tx.connection.execute(_REPEATS, {"message": event.id, "endpoint": endpoint}).scalars()
    times = 1 + sum(bool(wanted & set(orjson.loads(detail)["recipients"])) for detail in rows)
    ledger.tx.tell(_CAME, event.id, by=endpoint, recipients=sorted(wanted))
    return times + _was_first(ledger, event, endpoint, wanted) > MOST


def _was_first(ledger: Ledger, event: Event, endpoint: str, recipients: set[str]) -> bool:
    """Whether the event first came by this endpoint, for one of these."""
    first = (copy for copy in ledger.primaries(event.id) if copy.accepted_at == event.accepted_at)
    return event.door == endpoint and any(copy.recipient in recipients for copy in first)


def hold(ledger: Ledger, event: Event) -> None:
    """Keep back what has not gone out yet; what was fetched has."""
    for copy in ledger.primaries(event.id):
        if copy.state in _OPEN and copy.fetched_at is None:
            held = move(copy, State.HELD, ledger.tx.now, reason=Reason.LOOP, held_from=copy.state, until=copy.until)
            ledger.put_copy(held)
            ledger.tx.tell("copy.held", event.id, held, reason=held.reason)
            ledger.tx.fail(held, fingerprint(held.endpoint, held.reason))
