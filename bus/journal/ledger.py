"""A batch's view of what is known: loaded once, changed in memory in order of arrival, written back in groups.

So two equal messages in one batch meet each other here exactly as they would meet in the tables.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any

from sqlalchemy import Table, bindparam, select

from bus.errors import Busy
from bus.journal import copy as copies_
from bus.journal import event as events_
from bus.journal import schema
from bus.journal.copy import Copy
from bus.journal.event import Event
from bus.journal.hold import Hold
from bus.journal.sql import Among, Names, Values
from bus.journal.tx import Tx
from bus.message import RemoteId

Document = tuple[str, str, str]

#: Columns of new rows, and what changes of an event that is known.
_CALL = ("key", "message", "body", "at")
_BODY = ("sha256", "size", "data", "kept", "added_at")
_MARKS = ("id", "copies_accepted", "recalled_by")

_M, _C, _K = schema.messages.c, schema.copies.c, schema.calls.c
_CALLS = select(_K.key, _K.message, _K.body).where(Among(_K.key, "calls"))
# Events are kept from other writers: two that extend one event must count one after the other.
_EVENTS_BY_ID = select(*events_.COLUMNS).where(Among(_M.id, "ids")).with_for_update()
_EVENTS = select(*events_.COLUMNS).where(Among(_M.key, "keys")).order_by(_M.seq).with_for_update()
_COPIES = select(*copies_.COLUMNS).where(_C.message == bindparam("message")).order_by(_C.seq).with_for_update()


@dataclass(slots=True)
class Ledger:
    """Calls, events and copies that a batch of intakes may touch."""

    tx: Tx
    calls: dict[str, tuple[str, str]] = field(default_factory=dict)
    documents: dict[Document, list[Event]] = field(default_factory=lambda: defaultdict(list))
    #: What is held as it comes.
    holds: Sequence[Hold] = ()
    _copies: dict[str, dict[str, Copy]] = field(default_factory=dict)
    _new_remotes: list[dict[str, Any]] = field(default_factory=list)
    _new_calls: list[tuple[Any, ...]] = field(default_factory=list)
    _new_bodies: dict[str, tuple[Any, ...]] = field(default_factory=dict)
    _new_events: dict[str, Event] = field(default_factory=dict)
    _new_copies: dict[str, Copy] = field(default_factory=dict)
    _changed_events: dict[str, Event] = field(default_factory=dict)
    _changed_copies: dict[str, Copy] = field(default_factory=dict)

    def load(self, call_keys: Iterable[str], documents: Iterable[Document]) -> None:
        """Read what is known of these calls and documents. Copies are read when somebody asks for them."""
        # Events by their keys, which is what the index begins with; the few of other senders under a key do no harm.
        calls, keys = sorted(set(call_keys)), sorted({key for _, _, key in documents})
        if calls:
            known, events = self.tx.ask_all(_CALLS, _EVENTS, calls=calls, keys=keys)
            self._add_calls(known)
        else:
            events = self.tx.ask(_EVENTS, keys=keys)
        self._add_events(events)

    def _add_calls(self, rows: Iterable[Sequence[Any]]) -> None:
        self.calls = {key: (message, body) for key, message, body in rows}
        if self.calls:
            self._add_events(self.tx.ask(_EVENTS_BY_ID, ids=[message for message, _ in self.calls.values()]))

    def _add_events(self, rows: Iterable[Sequence[Any]]) -> None:
        for event in map(events_.from_row, rows):
            if all(event.id != other.id for other in self.documents[event.document]):
                self.documents[event.document].append(event)

    def events_of(self, senders: Sequence[str], type_: str, key: str) -> list[Event]:
        """The events of one document in order of acceptance, in whatever spelling its sender was written."""
        found = [event for sender in senders for event in self.documents.get((sender, type_, key), ())]
        return sorted(found, key=lambda event: event.accepted_at) if len(senders) > 1 else found

    def copies(self, message: str) -> list[Copy]:
        """The copies of an event as this batch has left them so far, in order of acceptance."""
        return list(self._copies_of(message).values())

    def _copies_of(self, message: str) -> dict[str, Copy]:
        if message not in self._copies:
            rows = self.tx.ask(_COPIES, message=message)
            self._copies[message] = {copy.id: copy for copy in map(copies_.from_row, rows)}
        return self._copies[message]

    def event(self, message: str) -> Event:
        """The event with this id, which must have been loaded or added."""
        return next(event for events in self.documents.values() for event in events if event.id == message)

    def primaries(self, message: str) -> list[Copy]:
        """The copies of an event that its receipt counts."""
        return [copy for copy in self.copies(message) if copy.kind == "primary"]

    def add_call(self, key: str | None, message: str, body: str) -> None:
        """Remember what this call was answered with."""
        if key is not None and key not in self.calls:
            self.calls[key] = (message, body)
            self._new_calls.append((key, message, body, self.tx.now))

    def add_remote(self, remote: RemoteId | None, message: str) -> None:
        """Remember which message a partner's item became. Each source is polled by one: nobody else adds the same."""
        if remote is not None:
            row = {"endpoint": remote.endpoint, "type": remote.type, "remote_id": remote.id, "message": message}
            self._new_remotes.append(row)

    def add_body(self, sha256: str, size: int, data: bytes | None) -> None:
        """Keep the bytes, or the fact that the store has them."""
        self._new_bodies[sha256] = (sha256, size, data, 1, self.tx.now)

    def add_event(self, event: Event) -> None:
        """A new event."""
        self.documents[event.document].append(event)
        self._new_events[event.id] = event
        self._copies[event.id] = {}

    def add_copy(self, copy: Copy) -> None:
        """A new copy of a known or new event."""
        self._copies_of(copy.message)[copy.id] = copy
        self._new_copies[copy.id] = copy

    def put_event(self, event: Event) -> None:
        """Replace an event by its changed self."""
        events = self.documents[event.document]
        events[[other.id for other in events].index(event.id)] = event
        home = self._new_events if event.id in self._new_events else self._changed_events
        home[event.id] = event

    def put_copy(self, copy: Copy) -> None:
        """Replace a copy by its changed self."""
        self._copies_of(copy.message)[copy.id] = copy
        home = self._new_copies if copy.id in self._new_copies else self._changed_copies
        home[copy.id] = copy

    def count_copies(self, event: Event, more: int) -> Event:
        """Raise what was accepted of an event."""
        raised = event._replace(copies_accepted=event.copies_accepted + more)
        self.put_event(raised)
        return raised

    def write(self) -> None:
        """Everything new and changed, one statement a table."""
        tx = self.tx
        self._insert_bodies([self._new_bodies[key] for key in sorted(self._new_bodies)])
        self._insert_keyed(schema.calls, _CALL, sorted(self._new_calls))
        tx.insert(schema.remote_ids_in, self._new_remotes, ignore=True)
        self._insert_keyed(schema.messages, events_.NAMES, self._in_order(self._new_events.values()))
        self._insert_keyed(schema.copies, copies_.NAMES, [copy.row() for copy in self._new_copies.values()])
        tx.update(schema.messages, _MARKS, [_marks(event) for event in self._changed_events.values()])
        tx.save(self._changed_copies.values())

    def _insert_bodies(self, rows: list[tuple[Any, ...]]) -> None:
        """Bodies that are there are made young again, with their bytes, for retention goes by age."""
        if self.tx.add(schema.bodies, _BODY, rows, ignore=True) != len(rows):
            self.tx.update(schema.bodies, _BODY, rows)

    def _in_order(self, events: Iterable[Event]) -> list[Event]:
        """In order of arrival; by document where another daemon may be inserting the same ones the other way round."""
        return sorted(events, key=attrgetter("document")) if self.tx.on_postgres else list(events)

    def _insert_keyed(self, table: Table, names: Names, rows: Sequence[Values]) -> None:
        """Insert rows that nobody else may have: if one was there, this batch is read and decided anew."""
        if self.tx.add(table, names, rows, ignore=True) != len(rows):
            raise Busy(f"another writer was first in {table.name}")


def _marks(event: Event) -> tuple[Any, ...]:
    """The values of :data:`_MARKS`."""
    return event.id, event.copies_accepted, event.recalled_by
