"""Questions about a recovery: whether one is under way, where nothing is sent, and how far everybody is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from bus.journal import schema
from bus.journal.states import State, in_state
from bus.journal.store import Store

_C, _R, _W, _E = schema.copies.c, schema.recoveries.c, schema.restored.c, schema.recovered.c


@dataclass(frozen=True, slots=True)
class Standing:
    """A recovery under way. Times are journal microseconds."""

    #: When the backup was made, and the last event it has.
    made_at: int
    position: int
    restored_at: int
    by: str
    #: Everything that was open is in doubt by now.
    doubted: bool
    #: Endpoints that are sent to again.
    recovered: frozenset[str]


@dataclass(frozen=True, slots=True)
class Group:
    """Restored copies of one endpoint and rule that were in one state, and are in one."""

    endpoint: str
    rule: str
    was: str
    state: str
    count: int
    #: When the oldest of them was accepted.
    oldest_at: int


class Recoveries:
    """What is asked about recoveries. Whether an endpoint is kept from sending is looked up once and remembered."""

    def __init__(self, store: Store) -> None:
        self._store = store
        #: What was found, and how often something had changed before that was asked.
        self._known: tuple[Standing | None, int] | None = None
        self._changes = 0

    def keeps(self, endpoint: str) -> bool:
        """Whether nothing is sent to this endpoint because of a recovery."""
        known, changes = self._known, self._changes
        if known is None or known[1] != changes:
            known = self._known = (self.standing(), changes)
        standing, _ = known
        return standing is not None and endpoint not in standing.recovered

    def look_again(self) -> None:
        """Something has changed."""
        self._changes += 1

    def standing(self) -> Standing | None:
        """The recovery under way; None where there is none."""
        columns = (_R.made_at, _R.position, _R.restored_at, _R.by, _R.doubted_at)
        with self._store.reading() as connection:
            row = connection.execute(select(*columns).where(_R.ended_at.is_(None))).first()
            names = frozenset(connection.execute(select(_E.endpoint)).scalars())
        return Standing(*row[:4], row.doubted_at is not None, names) if row else None

    def groups(self) -> Sequence[Group]:
        """Restored copies as they are now, of endpoints that are not sent to again yet."""
        key = (_C.endpoint, _C.rule, _W.was, _C.state)
        query = select(*key, func.count(), func.min(_C.accepted_at)).join(schema.restored, _W.copy == _C.id)
        with self._store.reading() as connection:
            return [Group(*row) for row in connection.execute(query.group_by(*key).order_by(*key))]

    def waiting(self) -> dict[str, int]:
        """By endpoint, how many copies are queued."""
        query = select(_C.endpoint, func.count()).where(in_state(_C.state, State.QUEUED)).group_by(_C.endpoint)
        with self._store.reading() as connection:
            return dict(tuple(row) for row in connection.execute(query))
