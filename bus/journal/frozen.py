"""Every copy that a filter means, whatever its limit: what an order is carried out on.

The tables are asked and not the index by words, which may be behind.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, Select, select

from bus.journal import schema, tokens
from bus.journal.pick import Filter, from_row, listed
from bus.journal.store import Store
from bus.journal.tokens import Asked

_M, _C = schema.messages.c, schema.copies.c
#: Copies that are read at once where all of them are gone through for words.
_PORTION = 1000


def ids(connection: Connection, which: Filter) -> list[str]:
    """Copies by id, oldest first."""
    each = [replace(which, states=(state,)) for state in which.states] or [which]
    found = sorted((seq, id_) for one in each for seq, id_ in connection.execute(joined(select(_C.seq, _C.id), one)))
    holding = _holding(connection, [seq for seq, _ in found], which.words()) if which.words() else None
    return [id_ for seq, id_ in found if holding is None or seq in holding]


def walk(store: Store, which: Filter, at_once: int) -> Iterator[list[str]]:
    """Copies by id, oldest first, so many at once; a filter's words are not looked at."""
    after = 0
    while True:
        query = joined(select(_C.seq, _C.id), which).where(_C.seq > after).order_by(_C.seq).limit(at_once)
        with store.reading() as connection:
            rows = connection.execute(query).all()
        if rows:
            yield [row.id for row in rows]
        if len(rows) < at_once:
            return
        after = rows[-1].seq


def joined(query: Select[Any], which: Filter) -> Select[Any]:
    """A question of copies that fit a filter; with the messages, where something is asked of them."""
    asked = query.where(*which.conditions())
    return asked.join(schema.messages, _M.id == _C.message) if which.of_messages() else asked


def _holding(connection: Connection, numbers: Sequence[int], words: Asked) -> set[int]:
    """Which of these copies hold the words: they are read, a portion at a time."""
    portions = (numbers[start : start + _PORTION] for start in range(0, len(numbers), _PORTION))
    rows = (row for portion in portions for row in connection.execute(listed().where(_C.seq.in_(portion))))
    return {one.seq for one in map(from_row, rows) if tokens.holds(one.found(), words)}
