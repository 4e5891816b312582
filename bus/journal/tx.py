"""One transaction of the committer: grouped writes, and the events that tell of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson
from sqlalchemy import Connection, SelectBase, Table, text

from bus.journal import schema, sql
from bus.journal.copy import Copy

#: Any number, the same for every daemon on one database: whoever numbers events holds it to the commit.
_EVENT_LOCK = 0x1E_7B05


@dataclass(slots=True)
class Tx:
    """What a verb works with. ``now`` is the instant of this transaction, in microseconds."""

    connection: Connection
    now: int
    #: Endpoints at which something may have become due.
    woken: set[str] = field(default_factory=set)
    _events: list[dict[str, Any]] = field(default_factory=list)

    @property
    def on_postgres(self) -> bool:
        """Whether other writers may be at work on the same rows."""
        return self.connection.dialect.name == "postgresql"

    def ask(self, question: SelectBase, **values: Any) -> list[Sequence[Any]]:
        """All rows of a question of the road, as this transaction has left them."""
        return sql.ask(self.connection, question, **values)

    def insert(self, table: Table, rows: Sequence[sql.Row], *, ignore: bool = False) -> int:
        """Insert rows in one statement; how many went in."""
        return sql.insert(self.connection, table, rows, ignore=ignore)

    def put(self, table: Table, key: str, rows: Sequence[sql.Row]) -> None:
        """Insert rows in one statement, or set those whose key is there already."""
        sql.put(self.connection, table, key, rows)

    def add(self, table: Table, key: str, rows: Sequence[sql.Row]) -> None:
        """Insert rows in one statement, or add to those whose key is there already."""
        sql.add(self.connection, table, key, rows)

    def update(self, table: Table, key: str, rows: Sequence[sql.Row]) -> None:
        """Update rows by key in one statement."""
        sql.update(self.connection, table, key, rows)

    def save(self, copies: Iterable[Copy]) -> None:
        """Write moved copies back in one statement."""
        self.update(schema.copies, "id", [copy.changing() for copy in copies])

    def tell(self, what: str, message: str, copy: Copy | None = None, *, by: str = "bus", **detail: object) -> None:
        """Note an event; ``what`` is a verb in the past. Numbered and written at the end of the transaction."""
        state = str(copy.state) if copy else ""
        told = {key: value for key, value in detail.items() if value not in (None, "")}
        self._events.append(
            {
                "at": self.now,
                "message": message,
                "copy": copy.id if copy else None,
                "what": what,
                "state": state,
                "by": by,
                "detail": orjson.dumps(told, default=str).decode() if told else "",
            }
        )

    def take_over(self, part: Tx) -> None:
        """What a part of this transaction told and woke."""
        self.woken |= part.woken
        self._events += part._events

    def write_events(self) -> None:
        """Number and write the events: the last act before the commit, so that numbers appear in order."""
        if not self._events:
            return
        if self.on_postgres:
            self.connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _EVENT_LOCK})
        self.insert(schema.events, self._events)
        self._events.clear()
