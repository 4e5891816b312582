"""Copies that may be sent again, many at once, with what speaks against it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, ScalarSelect, Select, func, literal, literal_column, select

from bus.journal import lookup, schema
from bus.journal.pick import Filter
from bus.journal.states import OPEN, State, in_state
from bus.journal.store import Store

_M, _C, _B, _I = schema.messages.c, schema.copies.c, schema.bodies.c, schema.replay_items.c
#: Copies that are asked for at once.
_PAGE = 10_000


class Candidate(NamedTuple):
    """A copy, as far as it matters to whether it may go again."""

    seq: int
    id: str
    #: The number of its event, and of the last later one of its lane that was delivered.
    event: int
    overtaken_by: int | None
    # From here on what many have in common.
    recipient: str
    kind: str
    endpoint: str
    rule: str
    state: State
    reason: str
    #: It was in doubt, and nobody said that it is not there.
    doubted: int
    recalled_by: str | None
    expires_at: int | None
    #: The open plan it stands in.
    replay: str | None
    #: Whether its body is kept no more, and whether it is being sent again already; of a dead copy never.
    body_gone: int
    again: int

    @property
    def common(self) -> tuple[Any, ...]:
        """All but which one it is, and what is later than it."""
        return self[_COMMON:]


_COMMON = Candidate._fields.index("recipient")


def candidates(store: Store, which: Filter) -> Iterator[Candidate]:
    """Every copy that fits a filter, newest first, whatever its limit. A read of its own for each portion."""
    for query in _asked(store, which):
        yield from _in_portions(store, query)


def oldest(store: Store, which: Filter, limit: int) -> list[Candidate]:
    """So many of these, oldest first."""
    found = [one for query in _asked(store, which) for one in _rows(store, query.order_by(_C.seq).limit(limit))]
    return sorted(found)[:limit]


def alike(store: Store, which: Filter) -> Iterator[tuple[Candidate, int]]:
    """One of each kind of these, and how many there are of it. The database counts: 100,000 copies are a few rows."""
    for query in _asked(store, which):
        rows = query.subquery()
        seq, id_, event, later, *common = rows.c
        one = (func.min(seq), func.min(id_), func.min(event), func.max(later), *common)
        counted = select(*one, func.count()).group_by(later.is_(None), *common)
        with store.reading() as connection:
            yield from [(Candidate._make(row[:-1]), row[-1]) for row in connection.execute(counted).all()]


def newest_delivered() -> ScalarSelect[int]:
    """The number of the last event of a copy's lane that is later than its own and was delivered; null where there is none."""
    later, theirs = schema.copies.alias("later").c, schema.messages.alias("theirs").c
    of_document = (theirs.key == _M.key, theirs.sender == _M.sender, theirs.type == _M.type, theirs.seq > _M.seq)
    same_lane = (later.message == theirs.id, later.recipient == _C.recipient, later.lane == _C.lane)
    found = select(func.max(theirs.seq)).where(*of_document, *same_lane, _C.lane != "", later.state == State.DELIVERED)
    return found.correlate(schema.copies, schema.messages).scalar_subquery()


def _asked(store: Store, which: Filter) -> Iterator[Select[Any]]:
    """The question for each state by itself: each has an index of its own."""
    with store.reading() as connection:
        low, high = lookup.between(connection, which.since, which.until)
    each: list[tuple[str, ...]] = [(state,) for state in which.states] or [()]
    for states in each:
        conditions = replace(which, states=states).conditions()
        yield _facts(only_dead=states == (State.DEAD,)).where(*conditions, _C.seq > low, _C.seq < high)


def _facts(*, only_dead: bool) -> Select[Any]:
    """The columns of a :class:`Candidate`."""
    columns = (
        *(_C.seq, _C.id, _M.seq.label("event"), newest_delivered().label("later")),
        *(_C.recipient, _C.kind, _C.endpoint, _C.rule, _C.state, _C.reason, _C.doubted, _C.recalled_by),
        *(_M.expires_at, _planned_in().label("replay")),
        *((literal(0), literal(0)) if only_dead else (_body_gone(), _is_sent_again().label("again"))),
    )
    return select(*columns).join(schema.messages, _M.id == _C.message)


def _in_portions(store: Store, query: Select[Any]) -> Iterator[Candidate]:
    query, high = query.order_by(_C.seq.desc()).limit(_PAGE), None
    while True:
        rows = _rows(store, query if high is None else query.where(_C.seq < high))
        yield from rows
        if len(rows) < _PAGE:
            return
        high = rows[-1].seq


def _rows(store: Store, query: Select[Any]) -> list[Candidate]:
    with store.reading() as connection:
        return list(map(Candidate._make, connection.execute(query).all()))


def _planned_in() -> ScalarSelect[str]:
    mine = (_I.copy == _C.id, _I.outcome == literal_column("''"))
    return select(_I.replay).where(*mine).correlate(schema.copies).scalar_subquery()


def _body_gone() -> ColumnElement[int]:
    kept = select(_B.kept).where(_B.sha256 == _C.body).correlate(schema.copies).scalar_subquery()
    return (1 - func.coalesce(kept, 0)).label("gone")


def _is_sent_again() -> ScalarSelect[int]:
    again = schema.copies.alias("again").c
    mine = (again.message == _C.message, again.of_copy == _C.id, in_state(again.state, *OPEN))
    return select(func.count()).where(*mine).correlate(schema.copies).scalar_subquery()
