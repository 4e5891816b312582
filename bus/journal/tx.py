"""One transaction of the committer: grouped writes, and the events that tell of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson
from sqlalchemy import Connection, SelectBase, Table, text

from bus.journal import chain, schema, sql
from bus.journal.chain import Deed
from bus.journal.copy import CHANGING, Copy
from bus.journal.fingerprint import Fingerprint
from bus.journal.straight import Straight
from bus.message import new_ids

#: Any number, the same for every daemon on one database: whoever numbers events holds it to the commit.
_EVENT_LOCK = 0x1E_7B05
_TOLD = ("at", "message", "copy", "what", "state", "by", "detail")


@dataclass(slots=True)
class Tx:
    """What a verb works with. ``now`` is the instant of this transaction, in microseconds."""

    connection: Connection
    now: int
    #: Endpoints at which something may have become due.
    woken: set[str] = field(default_factory=set)
    #: What may go as soon as this is on disk; nothing, unless somebody carries it.
    straight: Straight = field(default_factory=Straight)
    #: Fresh ids for what is new.
    ids: Iterator[str] = field(default_factory=new_ids)
    _events: list[tuple[Any, ...]] = field(default_factory=list)
    _deeds: list[Deed] = field(default_factory=list)
    #: The groups that copies fell into, by copy.
    _failed: dict[str, str] = field(default_factory=dict)

    @property
    def on_postgres(self) -> bool:
        """Whether other writers may be at work on the same rows."""
        return self.connection.dialect.name == "postgresql"

    def ask(self, question: SelectBase, **values: Any) -> list[Sequence[Any]]:
        """All rows of a question of the road, as this transaction has left them."""
        return sql.ask(self.connection, question, **values)

    def ask_all(self, *questions: SelectBase, **values: Any) -> list[list[Sequence[Any]]]:
        """All rows of each of several questions, in one statement where the database has words for that."""
        return sql.ask_all(self.connection, *questions, **values)

    def add(self, table: Table, names: sql.Names, rows: Sequence[sql.Values], *, ignore: bool = False) -> int:
        """Insert rows of values under these names in one statement; how many went in."""
        return sql.insert(self.connection, table, names, rows, ignore=ignore)

    def insert(self, table: Table, rows: Sequence[sql.Row], *, ignore: bool = False) -> int:
        """Insert rows that name their columns in one statement; how many went in."""
        return self.add(table, *sql.named(rows), ignore=ignore) if rows else 0

    def put(self, table: Table, key: str, rows: Sequence[sql.Row]) -> None:
        """Insert rows in one statement, or set those whose key is there already."""
        if rows:
            sql.put(self.connection, table, key, *sql.named(rows))

    def keep(self, table: Table, key: str, value: str, pairs: Mapping[Any, Any]) -> None:
        """Insert rows of a key and a value, or set the value of those whose key is there already."""
        if pairs:
            sql.keep(self.connection, table, key, value, pairs)

    def tally(self, table: Table, key: str, value: str, counts: Mapping[str, int]) -> None:
        """Insert rows of a key and a number, or add to those whose key is there already."""
        if counts:
            sql.tally(self.connection, table, key, value, counts)

    def update(self, table: Table, names: sql.Names, rows: Sequence[sql.Values]) -> None:
        """Update the rows found by the first of their values in one statement."""
        sql.update(self.connection, table, names, rows)

    def save(self, copies: Iterable[Copy]) -> None:
        """Write moved copies back in one statement."""
        self.update(schema.copies, CHANGING, [copy.changing() for copy in copies])

    def tell(self, what: str, message: str, copy: Copy | None = None, *, by: str = "bus", **detail: object) -> None:
        """Note an event; ``what`` is a verb in the past. Numbered and written at the end of the transaction."""
        told = {key: value for key, value in detail.items() if value not in (None, "")}
        words = orjson.dumps(told, default=str).decode() if told else ""
        id_, state = (copy.id, str(copy.state)) if copy else (None, "")
        self._events.append((self.now, message, id_, what, state, by, words))

    def audit(self, deed: Deed) -> None:
        """Note a deed. Written with the events: no chain may fork where two writers are at work."""
        self._deeds.append(deed)

    def fail(self, copy: Copy, how: Fingerprint) -> None:
        """Note what a copy failed of; written at the end of the transaction, and for no other copy."""
        self._failed[copy.id] = how.name

    def take_over(self, part: Tx) -> None:
        """What a part of this transaction told and woke, and what failed in it."""
        self.woken |= part.woken
        self._events += part._events
        self._deeds += part._deeds
        self._failed |= part._failed

    def write_events(self) -> None:
        """Number and write the events and deeds: the last act before the commit, so that numbers appear in order."""
        self.update(schema.copies, ("id", "failed_as"), list(self._failed.items()))
        self._failed.clear()
        if not self._events and not self._deeds:
            return
        if self.on_postgres:
            self.connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _EVENT_LOCK})
        if self._events:
            self.add(schema.events, _TOLD, self._events)
            self._events.clear()
        if self._deeds:
            chain.append(self.connection, self.now, self._deeds)
            self._deeds.clear()
