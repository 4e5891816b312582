"""What grows old, in the order in which it was accepted: messages with their copies and bodies, portion by portion.

Nothing is removed here. Whoever decides what goes has the verbs of ``purge`` remove it, and these look once more.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Table, select

from bus.journal import purge, schema
from bus.journal.store import Store

#: Messages of one portion.
PORTION = 500

_M, _C, _B, _L = schema.messages.c, schema.copies.c, schema.bodies.c, schema.legal_messages.c


@dataclass(frozen=True, slots=True)
class AgedCopy:
    """A copy, as far as retention asks."""

    kind: str
    rule: str
    state: str
    body: str


@dataclass(frozen=True, slots=True)
class AgedBody:
    """A body whose bytes are kept: how many there are, and when it last came (microseconds)."""

    sha256: str
    size: int
    added_at: int


@dataclass(frozen=True, slots=True)
class Aged:
    """A message and what is kept of it."""

    seq: int
    id: str
    accepted_at: int
    #: Its events are there, and what names persons.
    whole: bool
    #: A legal hold keeps it.
    held: bool
    copies: tuple[AgedCopy, ...]
    bodies: tuple[AgedBody, ...]


class Ageing:
    """Reads one journal."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def portions(self, before: int) -> Iterator[list[Aged]]:
        """Messages accepted before an instant (microseconds), until there are no more."""
        after = 0
        while portion := self.portion(before, after):
            yield portion
            after = portion[-1].seq

    def portion(self, before: int, after: int) -> list[Aged]:
        """The next behind a sequence number."""
        columns = (_M.seq, _M.id, _M.accepted_at, _M.view, _M.body)
        query = select(*columns).where(_M.seq > after, _M.accepted_at < before).order_by(_M.seq).limit(PORTION)
        with self._store.reading() as connection:
            rows = connection.execute(query).all()
            copies = _copies(connection, [row.id for row in rows])
            held = _held(connection, [row.id for row in rows])
            shas = {row.body for row in rows} | {copy.body for some in copies.values() for copy in some}
            bodies = _bodies(connection, sorted(shas))
        return [_aged(row, copies[row.id], row.id in held, bodies) for row in rows]

    def unneeded(self, before: int) -> Iterator[list[str]]:
        """Bodies that last came before an instant and that no copy needs, by SHA-256, until there are no more."""
        after = ""
        while portion := self._unneeded(before, after):
            yield portion
            after = portion[-1]

    def _unneeded(self, before: int, after: str) -> list[str]:
        query = purge.unneeded(before).where(_B.sha256 > after).order_by(_B.sha256).limit(PORTION)
        with self._store.reading() as connection:
            return list(connection.execute(query).scalars())

    def records(self, messages: Sequence[str]) -> list[dict[str, Any]]:
        """Everything these messages have, but for bodies: as it stands in the tables."""
        with self._store.snapshot() as connection:
            rows = _rows(connection, schema.messages, "id", messages)
            copies = _rows(connection, schema.copies, "message", messages)
            attempts = defaultdict(list)
            for row in _rows(connection, schema.attempts, "copy", [copy["id"] for copy in copies]):
                attempts[row["copy"]].append(row)
            events = _rows(connection, schema.events, "message", messages)
        found: dict[str, Any] = {row["id"]: {"message": row, "copies": [], "events": []} for row in rows}
        for copy in copies:
            found[copy["message"]]["copies"].append({**copy, "calls": attempts[copy["id"]]})
        for event in events:
            found[event["message"]]["events"].append(event)
        return list(found.values())


def _aged(row: Any, copies: Sequence[AgedCopy], held: bool, bodies: Mapping[str, AgedBody]) -> Aged:
    mine = sorted({row.body, *(copy.body for copy in copies)} & bodies.keys())
    found = tuple(bodies[sha256] for sha256 in mine)
    return Aged(row.seq, row.id, row.accepted_at, row.view != "", held, tuple(copies), found)


def _copies(connection: Connection, messages: Sequence[str]) -> dict[str, list[AgedCopy]]:
    found: dict[str, list[AgedCopy]] = defaultdict(list)
    query = select(_C.message, _C.kind, _C.rule, _C.state, _C.body).where(_C.message.in_(messages))
    for message, *rest in connection.execute(query):
        found[message].append(AgedCopy(*rest))
    return found


def _held(connection: Connection, messages: Sequence[str]) -> frozenset[str]:
    return frozenset(connection.execute(select(_L.message).where(_L.message.in_(messages))).scalars())


def _bodies(connection: Connection, shas: Sequence[str]) -> dict[str, AgedBody]:
    query = select(_B.sha256, _B.size, _B.added_at).where(_B.sha256.in_(shas), _B.kept == 1)
    return {row.sha256: AgedBody(*row) for row in connection.execute(query)}


def _rows(connection: Connection, table: Table, column: str, values: Sequence[str]) -> list[dict[str, Any]]:
    query = select(table).where(table.c[column].in_(values)).order_by(table.c.seq)
    return [{str(name): value for name, value in row.items()} for row in connection.execute(query).mappings()]
