"""What people and partners ask of the journal: lists, outboxes, traces. Never a body."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any

import orjson
from sqlalchemy import CompoundSelect, Select, and_, bindparam, func, or_, select, union_all

from bus.desk import MailboxItem
from bus.errors import Rejected
from bus.journal import boxes, frozen, index, pages, schema, sql, statuses, sums, tokens
from bus.journal import event as events_
from bus.journal.candidates import newest_delivered
from bus.journal.event import Event
from bus.journal.index import Behind
from bus.journal.pick import Filter, Listed, from_row, listed
from bus.journal.states import BLOCKING, OPEN, State, in_state, indexed
from bus.journal.statuses import Reported
from bus.journal.store import Store
from bus.journal.sums import Counts
from bus.paging import place
from bus.sent import SentCopy

_M, _C, _E = schema.messages.c, schema.copies.c, schema.events.c
_AFTER = select(schema.events).where(_E.seq > bindparam("after")).order_by(_E.seq).limit(bindparam("limit"))

#: Copies of one message that are gone through to find others of its number.
_COPIES = 200


@dataclass(frozen=True, slots=True)
class Page:
    """A part of a list; ``next`` is where it goes on, None at its end."""

    rows: Sequence[Listed]
    next: str | None
    #: What may be missing, where the index by words was asked.
    behind: Behind


@dataclass(frozen=True, slots=True)
class Attempt:
    """One call that was made for a copy."""

    copy: str
    number: int
    what: str
    outcome: str
    failure: str
    words: str
    call_remote_id: str | None
    sent_sha256: str | None
    began_at: int
    ended_at: int
    #: What the partner's protocol called the failure.
    code: str | None = None


@dataclass(frozen=True, slots=True)
class Happened:
    """One event of the journal."""

    seq: int
    at: int
    message: str
    copy: str | None
    what: str
    state: str
    by: str
    detail: dict[str, Any] = field(default_factory=dict)


class Browse:
    """Questions of people; none of them is on the road of a message."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def _all(self, query: Select[Any] | CompoundSelect[Any]) -> Sequence[Any]:
        with self._store.reading() as connection:
            return connection.execute(query).all()

    def offered(
        self, agencies: Iterable[str], type_: str, start: int | None, end: int | None, limit: int
    ) -> list[MailboxItem]:
        """Mailbox copies of these agencies in order of acceptance."""
        return [boxes.item(row) for row in self._all(boxes.offered(agencies, type_, start, end, limit))]

    def offered_count(self, agencies: Iterable[str], type_: str) -> int:
        """How many mailbox copies of these agencies wait."""
        return int(self._all(boxes.offered_count(agencies, type_))[0][0])

    def sent(self, agencies: Iterable[str], type_: str | None, message_id: str | None, limit: int) -> list[SentCopy]:
        """Copies of what these agencies sent, newest first; of one message, by its id or a copy's, or of all."""
        senders, ids = tuple(sorted(agencies)), (message_id,) if message_id else ()
        which = Filter(ids=ids, senders=senders, type=type_ or "", kind="primary", limit=limit)
        return list(map(boxes.sent_copy, self.copies(which))) if senders else []

    def reported(self, document_ids: Iterable[str]) -> list[Reported]:
        """Every status about documents of these ids, whoever sent them, in order of acceptance."""
        return statuses.reported(self._all(statuses.about(document_ids)))

    def copies(self, which: Filter) -> list[Listed]:
        """Copies that fit a filter, newest first."""
        with self._store.reading() as connection:
            return list(islice(pages.matching(connection, which), which.limit))

    def page(self, which: Filter) -> Page:
        """As many of these as fit a page. Raises Rejected where there is nothing to look for in the text."""
        _check(which)
        rows = self.copies(replace(which, limit=which.limit + 1))
        more, rows = len(rows) > which.limit, rows[: which.limit]
        return Page(rows, place(rows[-1].seq) if more else None, self.behind() if which.asked() else Behind())

    def count(self, which: Filter, most: int) -> int:
        """How many copies fit a filter; one more than ``most`` where there are more. Raises Rejected as a page does."""
        _check(which)
        with self._store.reading() as connection:
            return sum(1 for _ in islice(pages.matching(connection, which), most + 1))

    def behind(self) -> Behind:
        """What is not in the index by words yet."""
        with self._store.reading() as connection:
            return index.behind(connection)

    def unfinished(self) -> bool:
        """Whether there is work for those who follow the events to index and to count."""
        with self._store.reading() as connection:
            return bool(index.behind(connection)) or sums.uncounted(connection)

    def ids(self, which: Filter) -> list[str]:
        """Every copy that fits a filter, oldest first, whatever its limit. Raises Rejected as a page does."""
        _check(which)
        with self._store.reading() as connection:
            return frozen.ids(connection, which)

    def walk(self, which: Filter, at_once: int) -> Iterator[list[str]]:
        """The same, so many at once, each as it is when its turn comes. What holds words is found as a whole."""
        if not which.words():
            return frozen.walk(self._store, which, at_once)
        found = self.ids(which)
        return (found[start : start + at_once] for start in range(0, len(found), at_once))

    def groups(self, which: Filter) -> list[tuple[str, str, int]]:
        """How many copies fit a filter, by endpoint and reason, most first."""
        count = func.count()
        query = frozen.joined(select(_C.endpoint, _C.reason, count), which)
        rows = self._all(query.group_by(_C.endpoint, _C.reason).order_by(count.desc()))
        return [(endpoint, reason, number) for endpoint, reason, number in rows]

    def overtaken(self, ids: Sequence[str]) -> set[str]:
        """Those of these copies after which something later of their lane was delivered."""
        query = select(_C.id).join(schema.messages, _M.id == _C.message)
        return {row[0] for row in self._all(query.where(_C.id.in_(ids), newest_delivered().is_not(None)))}

    def copy(self, id_: str) -> Listed | None:
        """One copy by its id."""
        rows = self._all(listed().where(_C.id == id_))
        return from_row(rows[0]) if rows else None

    def named(self, name: str, limit: int) -> list[Event]:
        """Messages of a name, newest first: by an id of ours, by a partner's, by DocumentId, or by number."""
        return self._named(name, limit) or self._numbered(name, limit)

    def find_message(self, name: str) -> Event | None:
        """The newest message of a name."""
        return next(iter(self.named(name, 1)), None)

    def _named(self, name: str, limit: int) -> list[Event]:
        given = schema.attempts.c
        by_call = select(_C.message).join(schema.attempts, given.copy == _C.id)
        by_copy = union_all(
            select(_C.message).where(_C.id == name),
            select(_C.message).where(_C.remote_id.is_not(None), _C.remote_id == name),
            by_call.where(given.call_remote_id.is_not(None), given.call_remote_id == name),
        )
        document = and_(_M.key == name, _M.type == "edoc")
        for condition in (_M.id == name, _M.id.in_(by_copy), document, _M.key == name):
            rows = self._all(select(*events_.COLUMNS).where(condition).order_by(_M.seq.desc()).limit(limit))
            if rows:
                return [events_.from_row(row) for row in rows]
        return []

    def _numbered(self, number: str, limit: int) -> list[Event]:
        """Documents of this number; statuses about them bear it too."""
        if not tokens.number(number):
            return []
        with self._store.reading() as connection:
            rows = pages.matching(connection, Filter(number=number, type="edoc"))
            found: dict[str, Event] = {}
            for row in islice(rows, limit * _COPIES):
                found[row.event.id] = row.event
                if len(found) == limit:
                    break
        return list(found.values())

    def copies_of(self, message: str) -> list[Listed]:
        """All copies of one message in order of acceptance."""
        return [from_row(row) for row in self._all(listed().where(_C.message == message).order_by(_C.seq))]

    def attempts(self, copies: Iterable[str]) -> list[Attempt]:
        """Every call made for these copies, in order."""
        table = schema.attempts.c
        columns = [column for column in schema.attempts.columns if column.name != "seq"]
        query = select(*columns).where(table.copy.in_(sorted(copies))).order_by(table.seq)
        return [Attempt(*row) for row in self._all(query)]

    def happened(self, message: str) -> list[Happened]:
        """Everything the journal tells of a message and its copies, in order."""
        query = select(schema.events).where(schema.events.c.message == message).order_by(schema.events.c.seq)
        return [_happened(row) for row in self._all(query)]

    def events_after(self, seq: int, limit: int) -> list[Happened]:
        """The journal's events after a position, in order."""
        with self._store.reading() as connection:
            return [_happened(row) for row in sql.ask(connection, _AFTER, after=seq, limit=limit)]

    def begun(self, cursor: str) -> bool:
        """Whether a cursor stands anywhere yet."""
        query = select(schema.cursors.c.name).where(schema.cursors.c.name == cursor)
        return bool(self._all(query))

    def last_event(self) -> int:
        """The number of the journal's last event; 0 before the first."""
        return self._all(select(func.max(schema.events.c.seq)))[0][0] or 0

    def before_in_lane(self, seq: int, lane: str) -> list[Listed]:
        """What stands before a copy in its lane, but for the dead that it may go without."""
        if not lane:
            return []
        query = (
            listed()
            .where(_C.lane == lane, _C.lane != "", _C.seq < seq, in_state(_C.state, *BLOCKING, State.DEAD))
            .where(or_(_C.skipped.is_(None), in_state(_C.state, *BLOCKING)))
            .order_by(_C.seq)
        )
        return [from_row(row) for row in self._all(query)]

    def counts(self) -> Counts:
        """Primary copies by endpoint and state."""
        with self._store.snapshot() as connection:
            return sums.counts(connection)

    def waiting(self) -> list[tuple[str, int, int]]:
        """Per endpoint: how many copies are not settled, and when the oldest of them was accepted."""
        of = select(_C.endpoint, func.count(), func.min(_C.accepted_at)).group_by(_C.endpoint)
        rows = self._all(union_all(*(of.where(indexed(_C.state, state)) for state in OPEN)))
        found: dict[str, tuple[int, int]] = {}
        for endpoint, count, oldest in rows:
            before = found.get(endpoint, (0, oldest))
            found[endpoint] = (before[0] + count, min(before[1], oldest))
        return [(endpoint, count, oldest) for endpoint, (count, oldest) in found.items()]

    def credentials(self) -> list[dict[str, Any]]:
        """When each secret last opened a door, by partner."""
        table = schema.credentials.c
        rows = self._all(
            select(table.partner, table.door, table.secret, table.used_at).order_by(table.partner, table.door)
        )
        return [dict(zip(("partner", "door", "secret", "used_at"), row, strict=True)) for row in rows]

    def kept_back(self, endpoint: str, limit: int) -> list[dict[str, Any]]:
        """Items of sources in quarantine, newest first; of one endpoint, or of all."""
        table = schema.quarantine
        query = (
            select(*(column for column in table.columns if column.name != "seq"))
            .order_by(table.c.seq.desc())
            .limit(limit)
        )
        if endpoint:
            query = query.where(table.c.endpoint == endpoint)
        return [dict(row._mapping) for row in self._all(query)]  # noqa: SLF001 - its documented way to a mapping

    def unfetched(self) -> dict[str, int]:
        """Per recipient: when its oldest mailbox copy that nobody fetched was accepted."""
        never = (in_state(_C.state, State.OFFERED), _C.fetched_at.is_(None))
        rows = self._all(select(_C.recipient, func.min(_C.accepted_at)).where(*never).group_by(_C.recipient))
        return {row[0]: row[1] for row in rows}


def _check(which: Filter) -> None:
    if which.text and not which.words():
        raise Rejected("request.invalid", "text: there is no letter and no digit in it to look for")


def _happened(row: Any) -> Happened:
    values = list(row)
    values[-1] = orjson.loads(values[-1] or "{}")
    return Happened(*values)
