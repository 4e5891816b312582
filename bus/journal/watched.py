"""What alerts ask of the road's tables, at a bounded cost however much is stored: by an index, or so many rows and no more."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, CompoundSelect, Select, and_, func, select, union_all

from bus.journal import schema
from bus.journal.quarantine import WAITS
from bus.journal.states import TIMED, Reason, State, in_state, timed
from bus.journal.store import Store

_M, _C, _A = schema.messages.c, schema.copies.c, schema.attempts.c
#: Rows of one kind that are gone through; there may be more.
MOST = 10_000
_PRIORITIES = (4, 3, 2, 1, 0)
_Q = schema.quarantine.c
#: Why the bus itself holds a copy.
_OURS = (Reason.CONFLICT, Reason.LOOP)
#: As the index over them says it (``copies_stuck``).
_STUCK = in_state(_C.state, State.HELD, State.DEAD, State.IN_DOUBT)


@dataclass(frozen=True, slots=True)
class Stuck:
    """How many there are (:data:`MOST`: or more), and since when the first of them (microseconds)."""

    count: int
    oldest: int | None


class Calls(NamedTuple):
    """Calls to an endpoint and how many of them failed."""

    made: int
    failed: int
    #: When the first of those that failed ended.
    first: int | None


class Came(NamedTuple):
    """One copy that was made: from whom, how it came, and the rule that took it."""

    seq: int
    at: int
    sender: str
    partner: str
    door: str
    rule: str


class Watched:
    """Each question has a connection of its own that is given back at once. All raise JournalDown."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def dead(self, endpoint: str, since: int) -> Stuck:
        """Of an endpoint's newest dead copies ('': of those that went nowhere), those that died since an instant."""
        dead = (_STUCK, in_state(_C.state, State.DEAD), _C.endpoint == endpoint)
        newest = select(_C.changed_at).where(*dead).order_by(_C.seq.desc()).limit(MOST).subquery().c
        return self._stuck(newest.changed_at, newest.changed_at >= since)

    def held(self, endpoint: str) -> Stuck:
        """Of an endpoint's newest held copies, those that the bus itself holds."""
        held = (_STUCK, in_state(_C.state, State.HELD), _C.endpoint == endpoint)
        newest = select(_C.changed_at, _C.reason).where(*held).order_by(_C.seq.desc()).limit(MOST).subquery().c
        return self._stuck(newest.changed_at, newest.reason.in_(_OURS))

    def quarantined(self, endpoint: str) -> Stuck:
        """Of the newest items in quarantine, those of a source about which nothing was decided."""
        last = select(func.max(_Q.seq)).scalar_subquery()
        newest = select(_Q.at, _Q.endpoint, _Q.word).where(_Q.seq > last - MOST).subquery().c
        return self._stuck(newest.at, and_(newest.endpoint == endpoint, newest.word == WAITS))

    def oldest_waiting(self, endpoints: Iterable[str]) -> dict[str, int]:
        """Of each of these endpoints: since when the oldest copy that is to be sent there is tried (microseconds)."""
        found: dict[str, int] = {}
        queued = [(name, at) for name in endpoints for (at,) in self._all(_queued(name))]
        for endpoint, at in [*queued, *self._all(_UNDER_WAY)]:
            found[endpoint] = min(at, found.get(endpoint, at))
        return found

    def unfetched(self, recipient: str) -> int | None:
        """When an agency's oldest copy that was never fetched was put into the mailbox."""
        never = (in_state(_C.state, State.OFFERED), _C.recipient == recipient, _C.fetched_at.is_(None))
        rows = self._all(select(_C.accepted_at).where(*never).order_by(_C.seq).limit(1))
        return rows[0][0] if rows else None

    def calls(self, since: int) -> dict[str, Calls]:
        """Per endpoint: of the newest calls to send, those that ended since an instant."""
        last = select(func.max(_A.seq)).scalar_subquery()
        newest = select(_A.copy, _A.what, _A.outcome, _A.ended_at).where(_A.seq > last - MOST).subquery().c
        sent = and_(newest.ended_at >= since, newest.what == "send")
        query = select(_C.endpoint, newest.outcome, func.count(), func.min(newest.ended_at))
        query = query.join(schema.copies, _C.id == newest.copy).where(sent).group_by(_C.endpoint, newest.outcome)
        found: dict[str, Calls] = {}
        for endpoint, outcome, count, first in self._all(query):
            made, failed, before = found.get(endpoint, Calls(0, 0, None))
            bad = outcome != "delivered"
            ended = min(first, before or first) if bad else before
            found[endpoint] = Calls(made + count, failed + count * bad, ended)
        return found

    def last_copy(self) -> int:
        """The number of the newest copy; 0 before the first."""
        return int(self._all(select(func.max(_C.seq)))[0][0] or 0)

    def came(self, after: int, limit: int) -> list[Came]:
        """Copies that were made after one, in order."""
        columns = (_C.seq, _C.accepted_at, _M.sender, _M.partner, _M.door, _C.rule)
        query = select(*columns).join(schema.messages, _M.id == _C.message).where(_C.seq > after)
        return [Came(*row) for row in self._all(query.order_by(_C.seq).limit(limit))]

    def _stuck(self, since: ColumnElement[Any], which: ColumnElement[bool]) -> Stuck:
        count: Any = func.count()
        return Stuck(*self._all(select(count, func.min(since)).where(which))[0])

    def _all(self, query: Select[Any] | CompoundSelect[Any]) -> Sequence[Any]:
        with self._store.reading() as connection:
            return connection.execute(query).all()


def _queued(endpoint: str) -> CompoundSelect[Any]:
    """The first of each priority: what the index has at hand."""
    queued = (in_state(_C.state, State.QUEUED), _C.endpoint == endpoint)
    parts = [select(_C.since).where(*queued, _C.priority == p).order_by(_C.seq).limit(1) for p in _PRIORITIES]
    return union_all(*(select(part.subquery()) for part in parts))


def _under_way() -> CompoundSelect[Any]:
    """Of the copies that were tried, those whose time comes first."""
    parts = [
        select(_C.endpoint, _C.since).where(timed(_C.state, state)).order_by(_C.until).limit(MOST).subquery()
        for state in TIMED
    ]
    return union_all(*(select(part.c.endpoint, func.min(part.c.since)).group_by(part.c.endpoint) for part in parts))


_UNDER_WAY = _under_way()
