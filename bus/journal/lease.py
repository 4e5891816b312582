"""The verb that leases: a delivery is taken in hand, on disk, before its first byte leaves (semantics 4, 6).

Taken are those copies of a delivery that are due and first in their lanes; the others go in a later
call. A copy in doubt is leased for a question, and stays in doubt.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, or_, select

from bus.journal import copy as copies_
from bus.journal import event as events_
from bus.journal import schema
from bus.journal.copy import Copy, move, touch
from bus.journal.event import Event
from bus.journal.states import BLOCKING, State
from bus.journal.tx import Tx
from bus.message import new_id


@dataclass(frozen=True, slots=True)
class LeaseRequest:
    """A ticket's delivery, and for how long it is wanted (microseconds)."""

    delivery: str
    term: int


@dataclass(frozen=True, slots=True)
class Lease:
    """Copies in hand until ``until``, for ``term``: to send, or (``asking``) to ask the partner about."""

    id: str
    until: int
    event: Event
    body_size: int
    copies: tuple[Copy, ...]
    term: int
    asking: bool = False

    @property
    def endpoint(self) -> str:
        """The one endpoint these copies go to."""
        return self.copies[0].endpoint


def first_in_lane() -> ColumnElement[bool]:
    """Nothing accepted earlier stands before this copy in its lane."""
    mine = schema.copies.c
    before = schema.copies.alias("before").c
    blocks = or_(before.state.in_(BLOCKING), and_(before.state == State.DEAD, mine.behind_dead == 1))
    # Said again as the index says it, so that the database may use it.
    live = and_(before.state.in_([*BLOCKING, State.DEAD]), before.lane != "")
    return or_(mine.lane == "", ~exists().where(before.lane == mine.lane, before.seq < mine.seq, live, blocks))


def due(now: int) -> ColumnElement[bool]:
    """A copy that may be taken in hand: to send, or to ask about."""
    mine = schema.copies.c
    to_send = and_(mine.state == State.QUEUED, mine.recalled_by.is_(None), first_in_lane())
    to_ask = and_(mine.state == State.IN_DOUBT, mine.until <= now)
    return or_(to_send, to_ask)


def lease(tx: Tx, requests: Sequence[LeaseRequest]) -> list[Lease | Exception | None]:
    """Lease what is due of each delivery; None where a ticket's work is done or not to be done."""
    found = _load(tx, sorted({request.delivery for request in requests}))
    leases = [_lease(tx, request, found.pop(request.delivery, [])) for request in requests]
    tx.save(copy for lease in leases if lease for copy in lease.copies)
    return list(leases)


def _load(tx: Tx, deliveries: Iterable[str]) -> dict[str, list[tuple[Copy, Event, int]]]:
    table = schema.copies.c
    query = (
        select(*copies_.COLUMNS, *events_.COLUMNS, schema.bodies.c.size)
        .join(schema.messages, schema.messages.c.id == table.message)
        .join(schema.bodies, schema.bodies.c.sha256 == table.body)
        .where(_of(sorted(deliveries)), due(tx.now))
        .order_by(table.seq)
        .with_for_update(of=schema.copies)
    )
    found: dict[str, list[tuple[Copy, Event, int]]] = defaultdict(list)
    for row in tx.connection.execute(query):
        copy, event, size = _split(row)
        found[copy.delivery].append((copy, event, size))
    return found


def _of(deliveries: Sequence[str]) -> ColumnElement[bool]:
    """The copies of these deliveries: a delivery of one copy has the copy's own id."""
    mine = schema.copies.c
    return or_(mine.id.in_(deliveries), and_(mine.delivery.in_(deliveries), mine.delivery != mine.id))


def _split(row: Any) -> tuple[Copy, Event, int]:
    cut = len(copies_.COLUMNS)
    return copies_.from_row(row), events_.from_row(row[cut:]), row[-1]


def _lease(tx: Tx, request: LeaseRequest, rows: list[tuple[Copy, Event, int]]) -> Lease | None:
    if not rows:
        return None
    first, event, size = rows[0]
    asking = first.state == State.IN_DOUBT
    id_, until = new_id(), tx.now + request.term
    chosen = [copy for copy, _, _ in rows if copy.state == first.state and copy.body == first.body]
    take = _take_to_ask if asking else _take_to_send
    return Lease(
        id_, until, event, size, tuple(take(copy, tx.now, id_, until) for copy in chosen), request.term, asking
    )


def _take_to_send(copy: Copy, now: int, lease: str, until: int) -> Copy:
    return move(copy, State.SENDING, now, until=until, lease=lease, attempts=copy.attempts + 1)


def _take_to_ask(copy: Copy, now: int, lease: str, until: int) -> Copy:
    return touch(copy, now, lease=lease, until=until)
