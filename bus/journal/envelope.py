"""The verb that changes what is written on the outside: how urgent a copy is, and until when its message is worth sending.

That stands in no body, so it may change where the body may not: not a byte of what is sent is another one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from bus.clock import iso
from bus.errors import IllegalMove
from bus.journal import schema
from bus.journal.copy import Copy, touch
from bus.journal.operate import Order, Results, each, event_of
from bus.journal.states import State
from bus.journal.tx import Tx

_OPEN = (State.QUEUED, State.WAITING, State.OFFERED, State.HELD, State.DEAD)


@dataclass(frozen=True, slots=True)
class Readdress(Order):
    """Another urgency (0 to 4; None: as it is), and another expiry if ``expires``: journal microseconds, None for never."""

    priority: int | None = None
    expires: bool = False
    expires_at: int | None = None


def readdress(tx: Tx, orders: Sequence[Readdress]) -> Results:
    """Change envelopes. The expiry is the message's: it counts for all of its copies."""
    return [each(tx, order, partial(_readdress, wanted=order)) for order in orders]


def _readdress(tx: Tx, copy: Copy, order: Order, *, wanted: Readdress) -> Copy:
    if copy.state not in _OPEN:
        raise IllegalMove(
            f"copy {copy.id} is {copy.state}; the envelope of what is under way or settled stays as it is"
        )
    if wanted.expires_at is not None and wanted.expires_at <= tx.now:
        raise IllegalMove(f"copy {copy.id}: it would have expired already; cancel it instead")
    told: dict[str, Any] = {}
    if wanted.priority is not None:
        tx.update(schema.copies, ("id", "priority"), [(copy.id, wanted.priority)])
        told |= {"priority": f"{copy.priority} to {wanted.priority}"}
    if wanted.expires:
        before = event_of(tx, copy.message).expires_at
        tx.update(schema.messages, ("id", "expires_at"), [(copy.message, wanted.expires_at)])
        told |= {"expires_at": f"{iso(before) or 'never'} to {iso(wanted.expires_at) or 'never'}"}
    tx.tell("copy.readdressed", copy.message, copy, by=order.by, reason=order.reason, **told)
    return touch(copy, tx.now, priority=copy.priority if wanted.priority is None else wanted.priority)
