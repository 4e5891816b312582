"""What stands behind copies in their lanes."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from bus.journal import schema
from bus.journal.states import State, in_state
from bus.journal.store import Store

#: Copies in these may be given another way.
_MOVABLE = (State.QUEUED, State.WAITING, State.HELD, State.DEAD)


def behind(store: Store, ids: Sequence[str]) -> list[str]:
    """Copies that were accepted after these in their lanes and wait with them, oldest first; these are not among them."""
    mine, later = schema.copies.c, schema.copies.alias("later").c
    query = (
        select(later.id, later.seq)
        .distinct()
        .select_from(schema.copies)
        .join(later.id.table, later.lane == mine.lane)
        .where(mine.id.in_(ids), mine.lane != "", later.lane != "", later.seq > mine.seq)
        .where(in_state(later.state, *_MOVABLE), later.kind == "primary", later.id.not_in(ids))
        .order_by(later.seq)
    )
    with store.reading() as connection:
        return [id_ for id_, _ in connection.execute(query)]
