"""The verb that leases: a delivery is taken in hand, on disk, before its first byte leaves (semantics 4, 6).

Taken are those copies of a delivery that are due and first in their lanes; the others go in a later
call. A copy in doubt is leased for a question, and stays in doubt.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, exists, literal_column, or_, select

from bus.journal import copy as copies_
from bus.journal import event as events_
from bus.journal import schema
from bus.journal.copy import Copy, touch
from bus.journal.event import Event
from bus.journal.restored import MAY_BE_SENT
from bus.journal.sql import Among
from bus.journal.states import BLOCKING, State, in_state, timed
from bus.journal.straight import Lease, term_for, to_send
from bus.journal.tx import Tx

_MINE = schema.copies.c
#: Spelled out: for a bound value SQLite plans anew at each question whether the index over lanes may be used.
_NO_LANE: ColumnElement[str] = literal_column("''")


@dataclass(frozen=True, slots=True)
class LeaseRequest:
    """A ticket's delivery, and for how long it is wanted (microseconds)."""

    delivery: str
    term: int
    #: Whether its partner is asked about doubts. Of one that is not, a copy in doubt is the sweeper's.
    asks: bool = True


def _first_in_lane() -> ColumnElement[bool]:
    before = schema.copies.alias("before").c
    kept_by_dead = and_(in_state(before.state, State.DEAD), _MINE.behind_dead == 1, before.skipped.is_(None))
    blocks = or_(in_state(before.state, *BLOCKING), kept_by_dead)
    # Said once more as the index over lanes says it, so that the database may use it.
    live = and_(in_state(before.state, *BLOCKING, State.DEAD), before.lane != _NO_LANE)
    # A replayed copy waits for a later one that passed it and is on the wire: one at a time.
    in_the_way = or_(and_(before.seq < _MINE.seq, blocks), in_state(before.state, State.SENDING))
    another = before.seq != _MINE.seq  # told by the index alone, and most lanes hold one copy
    return or_(_MINE.lane == _NO_LANE, ~exists().where(before.lane == _MINE.lane, another, live, in_the_way))


#: Queued, not recalled, nothing accepted earlier stands before it in its lane, and no recovery keeps it.
TO_SEND = and_(in_state(_MINE.state, State.QUEUED), _MINE.recalled_by.is_(None), _first_in_lane(), MAY_BE_SENT)
#: In doubt, and something is to be done about it at the instant ``now``.
TO_ASK = and_(timed(_MINE.state, State.IN_DOUBT), _MINE.until <= bindparam("now"))

# A delivery of one copy has the copy's own id.
_OF_DELIVERIES = or_(
    Among(_MINE.id, "deliveries"), and_(Among(_MINE.delivery, "deliveries"), _MINE.delivery != _MINE.id)
)
_LEASABLE = (
    select(*copies_.COLUMNS, *events_.COLUMNS, schema.bodies.c.size, _MINE.seq)
    .join(schema.messages, schema.messages.c.id == _MINE.message)
    .join(schema.bodies, schema.bodies.c.sha256 == _MINE.body)
    .where(_OF_DELIVERIES, or_(TO_SEND, TO_ASK))
    .with_for_update(of=schema.copies)
)


def lease(tx: Tx, requests: Sequence[LeaseRequest]) -> list[Lease | Exception | None]:
    """Lease what is due of each delivery; None where a ticket's work is done or not to be done."""
    found = _load(tx, sorted({request.delivery for request in requests}))
    leases = [_lease(tx, request, found.pop(request.delivery, [])) for request in requests]
    tx.save(copy for lease in leases if lease for copy in lease.copies)
    return list(leases)


def _load(tx: Tx, deliveries: list[str]) -> dict[str, list[tuple[Copy, Event, int]]]:
    found: dict[str, list[tuple[Copy, Event, int]]] = defaultdict(list)
    for row in sorted(tx.ask(_LEASABLE, deliveries=deliveries, now=tx.now), key=itemgetter(-1)):
        copy, event, size = _split(row)
        found[copy.delivery].append((copy, event, size))
    return found


def _split(row: Any) -> tuple[Copy, Event, int]:
    cut = len(copies_.COLUMNS)
    return copies_.from_row(row), events_.from_row(row[cut:]), row[-2]


def _lease(tx: Tx, request: LeaseRequest, due: list[tuple[Copy, Event, int]]) -> Lease | None:
    rows = [row for row in due if request.asks or row[0].state != State.IN_DOUBT]
    if not rows:
        return None
    first, event, size = rows[0]
    asking = first.state == State.IN_DOUBT
    term = term_for(request.term, size)
    id_, until = next(tx.ids), tx.now + term
    chosen = [copy for copy, _, _ in rows if copy.state == first.state and copy.body == first.body]
    take = _take_to_ask if asking else to_send
    return Lease(id_, until, event, size, tuple(take(copy, tx.now, id_, until) for copy in chosen), term, asking)


def _take_to_ask(copy: Copy, now: int, lease: str, until: int) -> Copy:
    return touch(copy, now, lease=lease, until=until)
