"""Where numbers of copies are looked up, highest first; each way by an index of its own, on both databases.

Hints keep SQLite to that index: it counts nothing and would rather read the table in order than sort a few.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from heapq import nlargest
from types import MappingProxyType
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    case,
    func,
    literal_column,
    select,
    union_all,
)

from bus.journal import schema
from bus.journal.index import BLOCK_BITS
from bus.journal.pick import Filter
from bus.journal.states import ASIDE, TIMED, State, indexed

_C, _M, _S = schema.copies.c, schema.messages.c, schema.search.c
_T, _V = schema.search_times.c, schema.search_vocabulary.c

#: Above every number.
_END = 1 << 62
#: The index that holds the copies in each state. Only the last has them in their order.
_INDEXES: Mapping[State, str] = MappingProxyType(
    {
        State.QUEUED: "copies_queued",
        State.OFFERED: "copies_offered",
        **dict.fromkeys(TIMED, "copies_due"),
        **dict.fromkeys(ASIDE, "copies_aside"),
    }
)
_LAST = select(func.coalesce(func.max(_C.seq), 0))


def between(connection: Connection, since: int | None, until: int | None) -> tuple[int, int]:
    """Between which numbers (both left out) all copies are that were accepted in a time. What lies beyond the known
    blocks may be of any time.
    """
    if since is None and until is None:
        return 0, _END
    begun = func.min(case((_T.last_at >= since, _T.block))) if since is not None else func.min(_T.block)
    ended = func.max(case((_T.first_at < until, _T.block))) if until is not None else func.max(_T.block)
    edges = select(func.min(_T.block), func.max(_T.block), begun, ended)
    lowest, highest, low, high = connection.execute(edges).one()
    if lowest is None:
        return 0, _END
    low, high = highest if low is None else low, lowest if high is None else high
    return (0 if low == lowest else (low << BLOCK_BITS) - 1), (_END if high == highest else (high + 1) << BLOCK_BITS)


def last(connection: Connection) -> int:
    """The highest number of a copy."""
    return int(connection.execute(_LAST).scalar_one())


def by_name(connection: Connection, which: Filter, low: int, high: int, limit: int) -> Sequence[int]:
    """By ids of copies or messages, or by a DocumentId."""
    if which.ids:
        names = [select(_C.seq).where(_C.id.in_(which.ids)), select(_C.seq).where(_C.message.in_(which.ids))]
    else:
        names = [select(_C.seq).join(schema.messages, _M.id == _C.message).where(_M.key == which.document_id)]
    return _highest(connection.execute(union_all(*names)).scalars().all(), low, high, limit)


def by_group(connection: Connection, which: Filter, low: int, high: int, limit: int) -> Sequence[int]:
    """By the group of failures that copies are in."""
    query = select(_C.seq).with_hint(schema.copies, "INDEXED BY copies_failed", "sqlite")
    query = query.where(_C.seq > low, _C.seq < high, *which.of_copies()).order_by(_C.seq.desc()).limit(limit)
    return connection.execute(query).scalars().all()


def by_state(
    connection: Connection, which: Filter, states: Sequence[State], low: int, high: int, limit: int
) -> Sequence[int]:
    """By states that have an index, and what else the row of a copy tells."""
    more = which.of_copies(but_states=True)
    parts = [
        _in(state, for_reason=bool(which.reason))
        .where(_number(state) > low, _number(state) < high, *more)
        .order_by(_number(state).desc())
        .limit(limit)
        for state in states
    ]
    found = connection.execute(union_all(*(select(part.subquery()) for part in parts))).scalars().all()
    return nlargest(limit, found)


def many(connection: Connection, states: Sequence[State], few: int) -> bool:
    """Whether there are more than a few copies in these states."""
    parts = [select(_in(state).limit(few + 1).subquery()) for state in states]
    found = select(func.count()).select_from(union_all(*parts).subquery())
    return bool(connection.execute(found).scalar_one() > few)


def from_the_end(connection: Connection, which: Filter, low: int, high: int, limit: int) -> Sequence[int]:
    """Of the whole table, what the row of a copy tells by itself."""
    query = select(_C.seq).with_hint(schema.copies, "NOT INDEXED", "sqlite")
    query = query.where(_C.seq > low, _C.seq < high, *which.of_copies()).order_by(_C.seq.desc()).limit(limit)
    return connection.execute(query).scalars().all()


def _in(state: State, *, for_reason: bool = False) -> Select[Any]:
    index = "copies_reasons" if for_reason and state in ASIDE else _INDEXES[state]
    hint = f"INDEXED BY {index}"
    return select(_C.seq).with_hint(schema.copies, hint, "sqlite").where(indexed(_C.state, state))


def _number(state: State) -> ColumnElement[int]:
    """The number, spelled so that a database does not read the whole table for the sake of its order."""
    return _C.seq if state in ASIDE else _C.seq + literal_column("0")


def _highest(numbers: Sequence[int], low: int, high: int, limit: int) -> list[int]:
    return sorted({number for number in numbers if low < number < high}, reverse=True)[:limit]
