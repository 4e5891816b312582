"""What the daemon asks the journal while it works. Questions for people are in ``bus.journal.browse``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, func, select, tuple_

from bus.journal import copy as copies_
from bus.journal import event as events_
from bus.journal import schema
from bus.journal.copy import Copy
from bus.journal.event import Event, known_as
from bus.journal.lease import first_in_lane
from bus.journal.notes import Condition
from bus.journal.states import State
from bus.journal.store import Store
from bus.message import Claim
from schemas.content import Content


@dataclass(frozen=True, slots=True)
class Known:
    """What is committed of a message that is offered again."""

    call: Event | None
    call_body: str
    event: Event | None
    recipients: frozenset[str]


class Reads:
    """Questions, each over a connection of its own that is given back at once."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def due(self, endpoint: str, now: int, limit: int) -> list[str]:
        """Deliveries that may be taken in hand at an endpoint, in lease order: by priority, then age; every
        fifth place goes to the oldest, so that nothing waits for ever behind what is more urgent.
        """
        with self._store.reading() as connection:
            urgent = self._queued(connection, endpoint, limit, by_priority=True)
            oldest = self._queued(connection, endpoint, limit // 5 + 1, by_priority=False)
            asking = self._doubtful(connection, endpoint, now, limit)
        return interleave(asking + urgent, oldest)[:limit]

    def _queued(self, connection: Connection, endpoint: str, limit: int, *, by_priority: bool) -> list[str]:
        mine = schema.copies.c
        order = (mine.priority.desc(), mine.seq) if by_priority else (mine.seq,)
        query = (
            select(mine.delivery)
            .where(mine.endpoint == endpoint, mine.state == State.QUEUED, mine.recalled_by.is_(None), first_in_lane())
            .order_by(*order)
            .limit(limit)
        )
        return list(connection.execute(query).scalars())

    def _doubtful(self, connection: Connection, endpoint: str, now: int, limit: int) -> list[str]:
        mine = schema.copies.c
        query = (
            select(mine.delivery)
            .where(mine.state == State.IN_DOUBT, mine.until <= now, mine.endpoint == endpoint)
            .order_by(mine.until)
            .limit(limit)
        )
        return list(connection.execute(query).scalars())

    def doubtful_endpoints(self, now: int) -> list[str]:
        """Endpoints with copies in doubt about which something is to be done now."""
        mine = schema.copies.c
        with self._store.reading() as connection:
            query = select(mine.endpoint).distinct().where(mine.state == State.IN_DOUBT, mine.until <= now)
            return list(connection.execute(query).scalars())

    def earliest_due(self) -> int | None:
        """When the next waiting copy, lease or doubt comes due."""
        mine = schema.copies.c
        with self._store.reading() as connection:
            query = select(func.min(mine.until)).where(mine.state.in_([State.WAITING, State.SENDING, State.IN_DOUBT]))
            return connection.execute(query).scalar()

    def body(self, sha256: str) -> Claim | None:
        """A body as the journal has it: its bytes, or only its size where the store holds them."""
        table = schema.bodies.c
        with self._store.reading() as connection:
            row = connection.execute(select(table.size, table.data).where(table.sha256 == sha256)).first()
        return Claim(sha256, row.size, row.data) if row else None

    def known(self, call_key: str | None, sender: str, content: Content) -> Known:
        """What a door must look at before it may refuse a message it has a problem with."""
        with self._store.reading() as connection:
            call, body = self._call(connection, call_key)
            earlier = self._events(connection, (sender, content.type, content.key))
            event = known_as(content, earlier)
            recipients = self._recipients(connection, event.id) if event else frozenset[str]()
        return Known(call, body, event, recipients)

    def _call(self, connection: Connection, key: str | None) -> tuple[Event | None, str]:
        query = (
            select(*events_.COLUMNS, schema.calls.c.body)
            .join(schema.calls, schema.calls.c.message == schema.messages.c.id)
            .where(schema.calls.c.key == key)
        )
        row = connection.execute(query).first() if key else None
        return (events_.from_row(row), row[-1]) if row else (None, "")

    def _events(self, connection: Connection, document: tuple[str, str, str]) -> list[Event]:
        table = schema.messages.c
        query = (
            select(*events_.COLUMNS).where(tuple_(table.sender, table.type, table.key) == document).order_by(table.seq)
        )
        return [events_.from_row(row) for row in connection.execute(query)]

    def _recipients(self, connection: Connection, message: str) -> frozenset[str]:
        table = schema.copies.c
        query = select(table.recipient).where(table.message == message, table.kind == "primary")
        return frozenset(connection.execute(query).scalars())

    def copies(self, message: str) -> list[Copy]:
        """All copies of a message in order of acceptance."""
        table = schema.copies.c
        with self._store.reading() as connection:
            query = select(*copies_.COLUMNS).where(table.message == message).order_by(table.seq)
            return [copies_.from_row(row) for row in connection.execute(query)]

    def conditions(self) -> list[Condition]:
        """What is kept of every endpoint."""
        with self._store.reading() as connection:
            return [Condition(**row) for row in connection.execute(select(schema.endpoints)).mappings()]

    def routes_version(self) -> tuple[str, str] | None:
        """Version and text of the routes in force."""
        table = schema.routes_versions.c
        with self._store.reading() as connection:
            row = connection.execute(select(table.version, table.text).order_by(table.seq.desc()).limit(1)).first()
        return (row.version, row.text) if row else None


def interleave(urgent: Sequence[str], oldest: Sequence[str], every: int = 5) -> list[str]:
    """``urgent`` with each ``every``-th place given to the next of ``oldest``; nothing twice."""
    first, second = iter(dict.fromkeys(urgent)), iter(oldest)
    order: dict[str, None] = {}
    while True:
        turn = second if len(order) % every == every - 1 else first
        following = next((name for name in turn if name not in order), None)
        following = following or next((name for name in first if name not in order), None)
        if following is None:
            return list(order)
        order[following] = None
