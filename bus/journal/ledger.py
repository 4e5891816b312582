"""A batch's view of what is known: loaded once, changed in memory in order of arrival, written back in groups.

So two equal messages in one batch meet each other here exactly as they would meet in the tables.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import select, tuple_

from bus.errors import Busy
from bus.journal import copy as copies_
from bus.journal import event as events_
from bus.journal import schema
from bus.journal.copy import Copy
from bus.journal.event import Event
from bus.journal.tx import Tx

Document = tuple[str, str, str]


@dataclass(slots=True)
class Ledger:
    """Calls, events and copies that a batch of intakes may touch."""

    tx: Tx
    calls: dict[str, tuple[str, str]] = field(default_factory=dict)
    documents: dict[Document, list[Event]] = field(default_factory=lambda: defaultdict(list))
    copies: dict[str, list[Copy]] = field(default_factory=lambda: defaultdict(list))
    _new_calls: list[dict[str, Any]] = field(default_factory=list)
    _new_bodies: dict[str, dict[str, Any]] = field(default_factory=dict)
    _new_events: dict[str, Event] = field(default_factory=dict)
    _new_copies: dict[str, Copy] = field(default_factory=dict)
    _changed_events: dict[str, Event] = field(default_factory=dict)
    _changed_copies: dict[str, Copy] = field(default_factory=dict)

    def load(self, call_keys: Iterable[str], documents: Iterable[Document]) -> None:
        """Read what is known of these calls and documents, with the copies of every event found."""
        self._load_calls(sorted(set(call_keys)))
        self._load_events(sorted(set(documents)))
        self._load_copies([event.id for events in self.documents.values() for event in events])

    def _load_calls(self, keys: list[str]) -> None:
        if keys:
            table = schema.calls.c
            query = select(table.key, table.message, table.body).where(table.key.in_(keys))
            self.calls = {key: (message, body) for key, message, body in self.tx.connection.execute(query)}
        missing = [message for message, _ in self.calls.values()]
        if missing:
            self._add_events(select(*events_.COLUMNS).where(schema.messages.c.id.in_(missing)))

    def _load_events(self, documents: list[Document]) -> None:
        if documents:
            table = schema.messages.c
            key = tuple_(table.sender, table.type, table.key)
            self._add_events(select(*events_.COLUMNS).where(key.in_(documents)).order_by(table.seq))

    def _add_events(self, query: Any) -> None:
        for row in self.tx.connection.execute(query):
            event = events_.from_row(row)
            if all(event.id != other.id for other in self.documents[event.document]):
                self.documents[event.document].append(event)

    def _load_copies(self, messages: list[str]) -> None:
        if not messages:
            return
        query = select(*copies_.COLUMNS).where(schema.copies.c.message.in_(messages)).order_by(schema.copies.c.seq)
        for row in self.tx.connection.execute(query.with_for_update()):
            copy = copies_.from_row(row)
            self.copies[copy.message].append(copy)

    def event(self, message: str) -> Event:
        """The event with this id, which must have been loaded or added."""
        return next(event for events in self.documents.values() for event in events if event.id == message)

    def primaries(self, message: str) -> list[Copy]:
        """The copies of an event that its receipt counts."""
        return [copy for copy in self.copies[message] if copy.kind == "primary"]

    def add_call(self, key: str | None, message: str, body: str) -> None:
        """Remember what this call was answered with."""
        if key is not None and key not in self.calls:
            self.calls[key] = (message, body)
            self._new_calls.append({"key": key, "message": message, "body": body, "at": self.tx.now})

    def add_body(self, sha256: str, size: int, data: bytes | None) -> None:
        """Keep the bytes, or the fact that the store has them."""
        self._new_bodies[sha256] = {"sha256": sha256, "size": size, "data": data, "added_at": self.tx.now}

    def add_event(self, event: Event) -> None:
        """A new event."""
        self.documents[event.document].append(event)
        self._new_events[event.id] = event

    def add_copy(self, copy: Copy) -> None:
        """A new copy of a known or new event."""
        self.copies[copy.message].append(copy)
        self._new_copies[copy.id] = copy

    def put_event(self, event: Event) -> None:
        """Replace an event by its changed self."""
        events = self.documents[event.document]
        events[[other.id for other in events].index(event.id)] = event
        home = self._new_events if event.id in self._new_events else self._changed_events
        home[event.id] = event

    def put_copy(self, copy: Copy) -> None:
        """Replace a copy by its changed self."""
        copies = self.copies[copy.message]
        copies[[other.id for other in copies].index(copy.id)] = copy
        home = self._new_copies if copy.id in self._new_copies else self._changed_copies
        home[copy.id] = copy

    def count_copies(self, event: Event, more: int) -> Event:
        """Raise what was accepted of an event."""
        raised = replace(event, copies_accepted=event.copies_accepted + more)
        self.put_event(raised)
        return raised

    def write(self) -> None:
        """Everything new and changed, one statement a table."""
        tx = self.tx
        tx.insert(schema.bodies, [self._new_bodies[key] for key in sorted(self._new_bodies)], ignore=True)
        self._insert_keyed(schema.calls, sorted(self._new_calls, key=lambda call: str(call["key"])))
        self._insert_keyed(schema.messages, self._event_rows())
        self._insert_keyed(schema.copies, [copy.row() for copy in self._new_copies.values()])
        tx.update(schema.messages, "id", [_marks(event) for event in self._changed_events.values()])
        tx.save(self._changed_copies.values())

    def _event_rows(self) -> list[dict[str, Any]]:
        """In order of arrival; by key where another daemon may be inserting the same ones the other way round."""
        rows = [event.row() for event in self._new_events.values()]
        return sorted(rows, key=lambda row: (row["sender"], row["type"], row["key"])) if self.tx.on_postgres else rows

    def _insert_keyed(self, table: Any, rows: list[dict[str, Any]]) -> None:
        """Insert rows that nobody else may have: if one was there, this batch is read and decided anew."""
        if rows and self.tx.insert(table, rows, ignore=True) != len(rows):
            raise Busy(f"another writer was first in {table.name}")


def _marks(event: Event) -> dict[str, Any]:
    return {"id": event.id, "copies_accepted": event.copies_accepted, "recalled_by": event.recalled_by}
