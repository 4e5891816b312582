"""Groups of failures: what has one fingerprint, and what people keep of it.

How many are in a group now is counted from the copies themselves; owner, ticket, snooze and notes are kept by the group's name, so
they stay when its copies are tried again, and are there when it fails anew.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Select, func, select

from bus.journal import schema
from bus.journal.states import FAILED, in_state
from bus.journal.store import Store
from bus.journal.tx import Tx

_C, _G, _N = schema.copies.c, schema.failure_groups.c, schema.group_notes.c
_KEPT = (_G.name, _G.owner, _G.ticket, _G.snoozed_until)


@dataclass(frozen=True, slots=True)
class Mark:
    """What somebody says of a group. None leaves what is kept; an empty text or 0 takes it away."""

    name: str
    by: str
    owner: str | None = None
    ticket: str | None = None
    #: Microseconds since 1970.
    snoozed_until: int | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept of a group."""

    owner: str = ""
    ticket: str = ""
    snoozed_until: int | None = None


@dataclass(frozen=True, slots=True)
class Note:
    """What somebody wrote of a group."""

    at: int
    by: str
    text: str


@dataclass(frozen=True, slots=True)
class Group:
    """Failures of one fingerprint: how many by state, since when the oldest is tried, when the latest failed."""

    name: str
    kept: Kept
    notes: int = 0
    states: dict[str, int] = field(default_factory=dict)
    first_at: int | None = None
    last_at: int | None = None

    @property
    def count(self) -> int:
        """How many copies are in it now."""
        return sum(self.states.values())


def mark(tx: Tx, marks: Sequence[Mark]) -> list[Exception | None]:
    """Keep what is said of each, in order."""
    for one in marks:
        if one.note:
            tx.add(schema.group_notes, ("name", "at", "by", "text"), [(one.name, tx.now, one.by, one.note)])
        if (one.owner, one.ticket, one.snoozed_until) != (None, None, None):
            tx.put(schema.failure_groups, "name", [_changed(tx, one)])
    return [None] * len(marks)


def _changed(tx: Tx, one: Mark) -> dict[str, Any]:
    row = tx.connection.execute(select(*_KEPT).where(_G.name == one.name).with_for_update()).first()
    before = Kept(*row[1:]) if row else Kept()
    snoozed = before.snoozed_until if one.snoozed_until is None else one.snoozed_until or None
    return {
        "name": one.name,
        "owner": before.owner if one.owner is None else one.owner,
        "ticket": before.ticket if one.ticket is None else one.ticket,
        "snoozed_until": snoozed,
        "changed_by": one.by,
        "changed_at": tx.now,
    }


class GroupReads:
    """Questions about groups, each over a connection of its own that is given back at once."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def all(self, name: str = "") -> list[Group]:
        """Every group that has copies, or of which something is kept; most copies first. ``name``: only this one."""
        with self._store.reading() as connection:
            counted = connection.execute(_counted(name)).all()
            kept = {row[0]: Kept(*row[1:]) for row in connection.execute(_of(select(*_KEPT), _G.name, name))}
            notes = select(_N.name, func.count()).group_by(_N.name)
            noted = {row[0]: row[1] for row in connection.execute(_of(notes, _N.name, name))}
        live = defaultdict(list)
        for row in counted:
            live[row[0]].append(row)
        groups = (_group(one, live[one], kept.get(one), noted.get(one, 0)) for one in {*live, *kept, *noted})
        return sorted(groups, key=lambda group: (-group.count, group.name))

    def one(self, name: str) -> Group | None:
        """The group of this name."""
        return next(iter(self.all(name)), None)

    def notes(self, name: str) -> list[Note]:
        """What was written of a group, oldest first."""
        with self._store.reading() as connection:
            query = select(_N.at, _N.by, _N.text).where(_N.name == name).order_by(_N.seq)
            return [Note(*row) for row in connection.execute(query)]


def _counted(name: str) -> Select[Any]:
    """Groups with their copies, told by their index alone."""
    numbers = (func.count(), func.min(_C.since), func.max(_C.changed_at))
    query = select(_C.failed_as, _C.state, *numbers).where(in_state(_C.state, *FAILED), _C.failed_as.is_not(None))
    return _of(query, _C.failed_as, name).group_by(_C.failed_as, _C.state)


def _of(query: Select[Any], column: Any, name: str) -> Select[Any]:
    return query.where(column == name) if name else query


def _group(name: str, rows: Iterable[Any], kept: Kept | None, notes: int) -> Group:
    found = list(rows)
    states = {state: count for _, state, count, _, _ in found}
    first, last = min((row[3] for row in found), default=None), max((row[4] for row in found), default=None)
    return Group(name, kept or Kept(), notes, states, first, last)
