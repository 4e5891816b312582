"""The verbs of reports that are made of others: what came for one is noted in the transaction that moves their cursor, and what a version is
made of before it is made.

So each event counts once, and a version that was begun is ended with the same content, whenever the bus dies.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import Update, delete, func, select, update

from bus.journal import schema
from bus.journal.cursor import move_cursors
from bus.journal.tx import Tx

#: Up to which event aggregates follow the journal.
CURSOR = "aggregates"
_A, _P, _V = schema.aggregates.c, schema.aggregate_parts.c, schema.aggregate_versions.c
#: In ``upto``: no version knows of any change.
_NOTHING = -1
_POSITION = select(schema.cursors.c.position).where(schema.cursors.c.name == CURSOR)


class Aggregate(NamedTuple):
    """A row: the report of one unit that is made of others'."""

    #: ``regime|form|period|unit``.
    id: str
    rule: str
    regime: str
    form: str
    period: str
    unit: str
    #: How often something changed, and which of these changes the latest version knows of.
    changes: int = 0
    upto: int = 0
    #: The latest version that was begun; 0: none.
    version: int = 0
    #: Units without which it may go, as JSON, and who said so.
    released: str = "[]"
    released_by: str = ""
    #: Why it cannot be made or sent.
    problem: str = ""
    changed_at: int = 0


class Part(NamedTuple):
    """What a unit sent for it: the latest version, its message and when that came, and the latest that was returned; 0: none."""

    id: str
    aggregate: str
    unit: str
    message: str = ""
    version: int = 0
    returned: int = 0
    came_at: int = 0

    @property
    def counts(self) -> bool:
        """Whether there is a version that was not returned."""
        return self.version > self.returned


class Version(NamedTuple):
    """A version of it: what it is made of, as JSON, and the message it went in; empty while it is under way."""

    id: str
    aggregate: str
    version: int
    said: str
    message: str = ""
    made_at: int | None = None


@dataclass(frozen=True, slots=True)
class Arrived:
    """What the events after one position, up to another, brought."""

    after: int
    upto: int
    aggregates: tuple[Aggregate, ...] = ()
    parts: tuple[Part, ...] = ()


@dataclass(frozen=True, slots=True)
class Begun:
    """A version that is about to be made of what there was after so many changes; without one, those changes make none."""

    aggregate: str
    changes: int
    version: Version | None = None


@dataclass(frozen=True, slots=True)
class Sent:
    """A version that was accepted as a message; without one, it was refused and is given up."""

    version: Version
    message: str = ""


@dataclass(frozen=True, slots=True)
class Released:
    """It may go without these units."""

    aggregate: str
    units: str
    by: str


@dataclass(frozen=True, slots=True)
class Troubled:
    """Why it cannot be made or sent; empty: it can."""

    aggregate: str
    problem: str


def arrived(tx: Tx, requests: Sequence[Arrived]) -> list[bool | Exception]:
    """Note what came; False where another process was first, and nothing is written."""
    return [_arrive(tx, request) for request in requests]


def begun(tx: Tx, requests: Sequence[Begun]) -> list[bool | Exception]:
    """Begin versions; False where something changed meanwhile."""
    return [_begin(tx, request) for request in requests]


def sent(tx: Tx, requests: Sequence[Sent]) -> list[bool | Exception]:
    """Note what became of versions that were begun. What is given up is begun anew."""
    for one in requests:
        mine = _V.id == one.version.id
        if one.message:
            made = {"message": one.message, "made_at": tx.now}
            tx.connection.execute(update(schema.aggregate_versions).where(mine).values(made))
        else:
            tx.connection.execute(delete(schema.aggregate_versions).where(mine))
            there = select(func.coalesce(func.max(_V.version), 0)).where(_V.aggregate == one.version.aggregate)
            tx.connection.execute(_of(one.version.aggregate).values(upto=_NOTHING, version=there.scalar_subquery()))
    return [True] * len(requests)


def released(tx: Tx, requests: Sequence[Released]) -> list[bool | Exception]:
    """Let reports go without some units; False where there is none of that name."""
    return [
        tx.connection.execute(
            _of(one.aggregate).values(released=one.units, released_by=one.by, changes=_A.changes + 1, changed_at=tx.now)
        ).rowcount
        > 0
        for one in requests
    ]


def troubled(tx: Tx, requests: Sequence[Troubled]) -> list[bool | Exception]:
    """Note what is in the way."""
    for one in requests:
        tx.connection.execute(_of(one.aggregate).values(problem=one.problem))
    return [True] * len(requests)


def forget(tx: Tx, before: int, at_most: int) -> int:
    """Drop those that changed last before an instant, with all that is known of them; how many."""
    old = select(_A.id).where(_A.changed_at < before).order_by(_A.changed_at).limit(at_most)
    ids = tx.connection.execute(old).scalars().all()
    for table, column in (
        (schema.aggregate_parts, _P.aggregate),
        (schema.aggregate_versions, _V.aggregate),
        (schema.aggregates, _A.id),
    ):
        tx.connection.execute(delete(table).where(column.in_(ids)))
    return len(ids)


def _of(aggregate: str) -> Update:
    return update(schema.aggregates).where(_A.id == aggregate)


def _arrive(tx: Tx, request: Arrived) -> bool:
    position = tx.connection.execute(_POSITION.with_for_update()).scalar()
    if position != request.after:
        return False
    tx.insert(schema.aggregates, [one._asdict() for one in request.aggregates], ignore=True)
    tx.put(schema.aggregate_parts, "id", [one._asdict() for one in request.parts])
    for one in request.aggregates:
        tx.connection.execute(_of(one.id).values(changes=_A.changes + 1, changed_at=tx.now))
    move_cursors(tx, [(CURSOR, request.upto)])
    return True


def _begin(tx: Tx, request: Begun) -> bool:
    values = {"upto": request.changes, "problem": ""}
    if request.version:
        values["version"] = request.version.version
    unchanged = _of(request.aggregate).where(_A.changes == request.changes)
    if not tx.connection.execute(unchanged.values(values)).rowcount:
        return False
    if request.version:
        tx.insert(schema.aggregate_versions, [request.version._asdict()])
    return True
