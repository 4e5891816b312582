"""Questions about standing holds: which stand, and what they hold."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select

from bus.journal import schema
from bus.journal.hold import COLUMNS, Hold
from bus.journal.pick import Listed, from_row, listed
from bus.journal.states import Reason, State, indexed
from bus.journal.store import Store

_H, _C, _M = schema.holds.c, schema.copies.c, schema.messages.c
#: Copies that an operator or a standing hold holds.
_HELD = (indexed(_C.state, State.HELD), _C.reason == Reason.OPERATOR, _C.born == State.HELD)


class HoldReads:
    """Each question has a connection of its own that is given back at once."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def standing(self) -> list[Hold]:
        """The holds that stand, oldest first."""
        with self._store.reading() as connection:
            query = select(*COLUMNS).where(_H.lifted_at.is_(None)).order_by(_H.seq)
            return [Hold(*row) for row in connection.execute(query)]

    def held(self, hold: Hold, senders: Sequence[str]) -> list[Listed]:
        """What was born held and fits a hold, oldest first; ``senders``: its sender in all spellings."""
        query = listed().where(*_HELD).order_by(_C.seq)
        exact = ((_C.rule, hold.rule), (_C.endpoint, hold.endpoint))
        query = query.where(*(column == value for column, value in exact if value))
        if senders:
            query = query.where(_M.sender.in_(senders))
        with self._store.reading() as connection:
            return [from_row(row) for row in connection.execute(query)]

    def count(self) -> int:
        """How many copies are held because they came while a hold stood."""
        with self._store.reading() as connection:
            return connection.execute(select(func.count()).select_from(schema.copies).where(*_HELD)).scalar_one()
