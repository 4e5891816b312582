"""Questions about replays: how far they are, what goes next, and what became of each copy."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from sqlalchemy import Select, func, select, union_all

from bus.journal import schema
from bus.journal.release import ARRIVED, ENDED, OUT, PLANNED
from bus.journal.replays import COLUMNS, Item, Outcome, Replay, from_row
from bus.journal.states import in_state
from bus.journal.store import Store

_R, _I, _C, _M = schema.replays.c, schema.replay_items.c, schema.copies.c, schema.messages.c
#: The columns of an :class:`Entry`.
_ENTRY = (
    *(_I.place, _I.copy, _I.sent, _I.endpoint, _I.outcome, _I.note, _I.released_at, _I.ended_at),
    *(_C.recipient, _M.key, _C.state, _C.reason),
)
#: Outcomes that tell how a partner fares.
_TOLD = (Outcome.DELIVERED, Outcome.OFFERED, Outcome.DEAD)


@dataclass(frozen=True, slots=True)
class Progress:
    """How many copies of a plan are where."""

    planned: int = 0
    #: Gone, and not yet known to have arrived.
    out: int = 0
    #: By outcome.
    ended: Mapping[str, int] = field(default_factory=dict)
    #: Gone since an instant that was asked for.
    lately: int = 0

    @property
    def count(self) -> int:
        """All of it."""
        return self.planned + self.out + sum(self.ended.values())


class Canary(NamedTuple):
    """Of what went in a run: all, those without an outcome, and those that did not arrive."""

    sent: int
    out: int
    failed: int


class Entry(NamedTuple):
    """One copy of a plan, with what it is."""

    place: int
    copy: str
    sent: str
    endpoint: str
    outcome: str
    note: str
    released_at: int | None
    ended_at: int | None
    recipient: str
    document_id: str
    #: The state and the reason of the copy that went, as they are now; of one that did not go, its own.
    state: str
    reason: str


class ReplayReads:
    """Questions only; nothing here moves anything."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def _all(self, query: Any) -> Sequence[Any]:
        with self._store.reading() as connection:
            return connection.execute(query).all()

    def plan(self, id_: str) -> Replay | None:
        """One plan."""
        return next(map(from_row, self._all(select(*COLUMNS).where(_R.id == id_))), None)

    def plans(self, limit: int) -> list[Replay]:
        """The newest first."""
        return list(map(from_row, self._all(select(*COLUMNS).order_by(_R.seq.desc()).limit(limit))))

    def open(self) -> list[Replay]:
        """Those that are not over, oldest first."""
        return list(map(from_row, self._all(select(*COLUMNS).where(_R.ended_at.is_(None)).order_by(_R.seq))))

    def progress(self, id_: str, since: int = 0) -> Progress:
        """How far a plan is; ``since``: when *lately* begins."""
        out = func.count(_I.released_at)
        lately = func.count().filter(_I.released_at >= since)
        query = select(_I.outcome, func.count(), out, lately).where(_I.replay == id_).group_by(_I.outcome)
        rows = {outcome: (count, gone, recent) for outcome, count, gone, recent in self._all(query)}
        open_, out_now, _ = rows.get("", (0, 0, 0))
        ended = {outcome: count for outcome, (count, _, _) in rows.items() if outcome}
        return Progress(open_ - out_now, out_now, ended, sum(recent for _, _, recent in rows.values()))

    def endpoints(self, id_: str) -> list[str]:
        """Where what is planned goes; '' for copies that get a way when their turn comes."""
        query = select(_I.endpoint).distinct().where(_I.replay == id_, *PLANNED)
        return [name for (name,) in self._all(query)]

    def next(self, id_: str, endpoints: Iterable[str], limit: int) -> list[Item]:
        """Whose turn it is among copies to these endpoints, in order."""
        first = [_first(id_, endpoint, limit) for endpoint in endpoints]
        if not first:
            return []
        rows = self._all(union_all(*(select(part.subquery()) for part in first)))
        return sorted(Item(*row) for row in rows)[:limit]

    def out(self, id_: str) -> dict[str, int]:
        """By endpoint, how many copies have gone and not arrived."""
        query = select(_I.endpoint, func.count()).where(_I.replay == id_, *OUT).group_by(_I.endpoint)
        return dict(self._all(query))

    def has_arrived(self, id_: str) -> bool:
        """Whether there is an outcome that is not noted yet."""
        query = select(_I.seq).join(schema.copies, _C.id == _I.sent)
        return bool(self._all(query.where(_I.replay == id_, *OUT, in_state(_C.state, *ARRIVED)).limit(1)))

    def is_over(self, id_: str) -> bool:
        """Whether every copy has an outcome."""
        open_ = (select(_I.seq).where(_I.replay == id_, *which).limit(1) for which in (PLANNED, OUT))
        return not self._all(union_all(*(select(one.subquery()) for one in open_)))

    def lately(self, id_: str, run: int, limit: int) -> list[str]:
        """The last outcomes of what went in a run."""
        told = (_I.replay == id_, *ENDED, _I.outcome.in_(_TOLD), _I.run == run)
        query = select(_I.outcome).where(*told).order_by(_I.ended_at.desc(), _I.place.desc()).limit(limit)
        return [outcome for (outcome,) in self._all(query)]

    def canary(self, id_: str, run: int) -> Canary:
        """How the copies fare that went in a run."""
        out = func.count().filter(_I.outcome == "")
        good = func.count().filter(_I.outcome.in_([Outcome.DELIVERED, Outcome.OFFERED]))
        ((sent, still_out, arrived),) = self._all(
            select(func.count(), out, good).where(_I.replay == id_, _I.run == run, _I.released_at.is_not(None))
        )
        return Canary(sent, still_out, sent - still_out - arrived)

    def entries(self, id_: str, after: int, limit: int) -> list[Entry]:
        """The copies of a plan in their order, from behind a place on."""
        went = func.coalesce(func.nullif(_I.sent, ""), _I.copy)
        query = select(*_ENTRY).join(schema.copies, _C.id == went).join(schema.messages, _M.id == _C.message)
        rows = self._all(query.where(_I.replay == id_, _I.place > after).order_by(_I.place).limit(limit))
        return [Entry(*row) for row in rows]


def _first(id_: str, endpoint: str, limit: int) -> Select[Any]:
    mine = (_I.replay == id_, _I.endpoint == endpoint, *PLANNED)
    return select(_I.place, _I.copy, _I.endpoint).where(*mine).order_by(_I.place).limit(limit)
