"""What agencies sent on a day and what became of it, for their statements."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any, NamedTuple

import orjson
from sqlalchemy import Select, select

from bus.journal import schema
from bus.journal.store import Store

_M, _C = schema.messages.c, schema.copies.c
#: Messages of one agency and day that are told of; and how many are looked up at a time.
MOST, _PORTION = 100_000, 500


class Line(NamedTuple):
    """One recipient of one message. Times are journal microseconds."""

    document_id: str
    number: str
    type: str
    kind: str
    recipient: str
    state: str
    reason: str
    accepted_at: int
    changed_at: int


class Statements:
    """Asks the journal, each portion over a connection of its own."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def lines(self, senders: Sequence[str], start: int, end: int) -> Iterator[Line]:
        """Every recipient's copy of what these senders had accepted from ``start`` until before ``end``, in order."""
        query = select(_M.id, _M.key, _M.view, _M.type, _M.kind).where(_M.accepted_at >= start, _M.accepted_at < end)
        rows = iter(self._all(query.where(_M.sender.in_(senders)).order_by(_M.accepted_at).limit(MOST)))
        while portion := {row[0]: row for row in islice(rows, _PORTION)}:
            for message, *copy in self._copies(sorted(portion)):
                _, key, view, type_, kind = portion[message]
                yield Line(key, _number(view), type_, kind, *copy)

    def _copies(self, messages: Sequence[str]) -> Sequence[Any]:
        columns = (_C.message, _C.recipient, _C.state, _C.reason, _C.accepted_at, _C.changed_at)
        query = select(*columns).where(_C.message.in_(messages), _C.kind == "primary")
        return sorted(self._all(query), key=lambda row: (row.accepted_at, row.message, row.recipient))

    def _all(self, query: Select[Any]) -> Sequence[Any]:
        with self._store.reading() as connection:
            return connection.execute(query).all()


def _number(view: str) -> str:
    return str(orjson.loads(view).get("number", "")) if view else ""
