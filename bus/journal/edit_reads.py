"""Questions about edits: what was changed of which copy, and whether each copy has the bytes of its last version."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, func, select

from bus.journal import schema
from bus.journal.edits import COLUMNS, Edit, EditState
from bus.journal.store import Store

_E, _C = schema.edits.c, schema.copies.c


class EditReads:
    """Each question has a connection of its own that is given back at once."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def one(self, id_: str) -> Edit | None:
        """An edit by its id."""
        return next(iter(self._all(select(*COLUMNS).where(_E.id == id_))), None)

    def newest(self, state: str, copy: str, limit: int) -> list[Edit]:
        """Edits, newest first; in a state or of a copy, where one is named."""
        query = select(*COLUMNS).order_by(_E.seq.desc()).limit(limit)
        exact = ((_E.state, state), (_E.copy, copy))
        return self._all(query.where(*(column == value for column, value in exact if value)))

    def of_message(self, message: str) -> list[Edit]:
        """Every edit of a message's copies, in order."""
        return self._all(select(*COLUMNS).where(_E.message == message).order_by(_E.seq))

    def astray(self, at_most: int = 100) -> list[tuple[str, str, str, str]]:
        """Copies that have not the bytes of their last version: message, copy, the version's SHA-256, the copy's."""
        last = select(func.max(_E.seq)).where(_E.state == EditState.APPLIED).group_by(_E.copy)
        query = (
            select(_C.message, _C.id, _E.sha_after, _C.body)
            .join(schema.edits, _E.copy == _C.id)
            .where(_E.seq.in_(last), _E.sha_after != _C.body)
            .limit(at_most)
        )
        with self._store.reading() as connection:
            return [(message, copy, after, body) for message, copy, after, body in connection.execute(query)]

    def _all(self, query: Select[Any]) -> list[Edit]:
        with self._store.reading() as connection:
            return [Edit(*row) for row in connection.execute(query)]
