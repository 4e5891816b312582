"""What the daemon asks the journal while it works. Questions for people are in ``bus.journal.browse``."""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

from sqlalchemy import CompoundSelect, Connection, bindparam, func, select, union_all

from bus.journal import copy as copies_
from bus.journal import event as events_
from bus.journal import schema, sql
from bus.journal.copy import Copy
from bus.journal.event import Event, known_as
from bus.journal.lease import TO_ASK, TO_SEND
from bus.journal.notes import Condition
from bus.journal.sql import Among
from bus.journal.states import TIMED, timed
from bus.journal.store import Store
from bus.message import Claim, Receipt, RemoteId
from schemas.content import Content

#: Urgency of the standard, most urgent first.
_PRIORITIES = (4, 3, 2, 1, 0)

_C, _M, _B = schema.copies.c, schema.messages.c, schema.bodies.c


def _queued() -> CompoundSelect[Any]:
    """The first so many of each priority by age: what the index holds side by side, with nothing to sort."""
    of_endpoint = (_C.endpoint == bindparam("endpoint"), TO_SEND)
    parts = [
        select(_C.delivery, _C.seq).where(*of_endpoint, _C.priority == p).order_by(_C.seq).limit(bindparam("limit"))
        for p in _PRIORITIES
    ]
    return union_all(*(select(part.subquery()) for part in parts))


# The statements of the road are built once: building one costs more than the database needs to answer it.
_QUEUED = _queued()
_DOUBTFUL = (
    select(_C.delivery).where(TO_ASK, _C.endpoint == bindparam("endpoint")).order_by(_C.until).limit(bindparam("limit"))
)
_DOUBTFUL_ENDPOINTS = select(_C.endpoint).distinct().where(TO_ASK)
_EARLIEST_DUE = union_all(*(select(func.min(_C.until)).where(timed(_C.state, state)) for state in TIMED))
_EVENTS_OF = (
    select(*events_.COLUMNS)
    .where(_M.key == bindparam("key"), Among(_M.sender, "senders"), _M.type == bindparam("type"))
    .order_by(_M.seq)
)
_DOCUMENTS = (
    select(*events_.COLUMNS).where(Among(_M.key, "keys"), _M.type == "edoc", _M.kind != "recall").order_by(_M.seq)
)
_BODY = select(_B.size, _B.data).where(_B.sha256 == bindparam("sha256"))
_HAS_BODY = select(_B.size).where(_B.sha256 == bindparam("sha256"), _B.kept == 1)


@dataclass(frozen=True, slots=True)
class Known:
    """What is committed of a message that is offered again."""

    call: Event | None
    call_body: str
    event: Event | None
    recipients: frozenset[str]


@dataclass(frozen=True, slots=True)
class Kept:
    """An item in quarantine: why, the bytes that are kept (empty: none), what was decided, since when."""

    code: str
    detail: str
    body: str
    word: str
    at: int


@dataclass(frozen=True, slots=True)
class Due:
    """What may be taken in hand at an endpoint: questions and the most urgent first, and the same by age."""

    urgent: tuple[str, ...]
    oldest: tuple[str, ...]
    #: There may be more than was asked for.
    cut: bool = False

    def in_turn(self, issued: int, but: Container[str] = ()) -> list[str]:
        """In lease order after ``issued`` others, without those that are out already."""
        urgent = [delivery for delivery in self.urgent if delivery not in but]
        return interleave(urgent, [delivery for delivery in self.oldest if delivery not in but], issued)


class Reads:
    """Questions, each over a connection of its own that is given back at once."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def due(self, endpoint: str, now: int, limit: int, *, asks: bool = True) -> Due:
        """Deliveries that may be taken in hand at an endpoint: the first so many of each priority. ``asks``: its partner
        is asked about doubts, so these are among them.
        """
        with self._store.reading() as connection:
            queued, cut = _queued_at(connection, endpoint, limit)
            doubtful = sql.ask(connection, _DOUBTFUL, endpoint=endpoint, limit=limit, now=now) if asks else ()
        urgent = dict.fromkeys(delivery for delivery, *_ in (*doubtful, *queued))
        oldest = dict.fromkeys(delivery for delivery, _ in sorted(queued, key=itemgetter(1)))
        return Due(tuple(urgent), tuple(oldest), cut=cut or len(doubtful) >= limit)

    def doubtful_endpoints(self, now: int) -> list[str]:
        """Endpoints with copies in doubt about which something is to be done now."""
        with self._store.reading() as connection:
            return list(connection.execute(_DOUBTFUL_ENDPOINTS, {"now": now}).scalars())

    def earliest_due(self) -> int | None:
        """When the next waiting copy, lease or doubt comes due."""
        with self._store.reading() as connection:
            return min((at for (at,) in sql.ask(connection, _EARLIEST_DUE) if at is not None), default=None)

    def body(self, sha256: str) -> Claim | None:
        """A body as the journal has it: its bytes, or only its size where the store holds them."""
        with self._store.reading() as connection:
            row = connection.execute(_BODY, {"sha256": sha256}).first()
        return Claim(sha256, row.size, row.data) if row else None

    def has_body(self, sha256: str) -> bool:
        """Whether a message has this body and it is kept."""
        with self._store.reading() as connection:
            return connection.execute(_HAS_BODY, {"sha256": sha256}).first() is not None

    def known(self, call_key: str | None, senders: Sequence[str], content: Content) -> Known:
        """What a door must look at before it may refuse a message it has a problem with. ``senders``: one in all its spellings."""
        with self._store.reading() as connection:
            call, body = self._call(connection, call_key)
            earlier = self._events_of(connection, senders, content)
            event = known_as(content, earlier)
            recipients = self._recipients(connection, [event.id]) if event else frozenset[str]()
        return Known(call, body, event, recipients)

    def documents(self, document_ids: Sequence[str]) -> list[Event]:
        """Documents of any sender under these DocumentIds, in order of acceptance."""
        with self._store.reading() as connection:
            return list(map(events_.from_row, sql.ask(connection, _DOCUMENTS, keys=sorted(set(document_ids)))))

    def recipients(self, messages: Sequence[str]) -> frozenset[str]:
        """Everybody who has a copy of one of these messages."""
        with self._store.reading() as connection:
            return self._recipients(connection, messages)

    def _events_of(self, connection: Connection, senders: Sequence[str], content: Content) -> list[Event]:
        rows = sql.ask(connection, _EVENTS_OF, senders=list(senders), type=content.type, key=content.key)
        return list(map(events_.from_row, rows))

    def _call(self, connection: Connection, key: str | None) -> tuple[Event | None, str]:
        query = (
            select(*events_.COLUMNS, schema.calls.c.body)
            .join(schema.calls, schema.calls.c.message == schema.messages.c.id)
            .where(schema.calls.c.key == key)
        )
        row = connection.execute(query).first() if key else None
        return (events_.from_row(row), row[-1]) if row else (None, "")

    def _recipients(self, connection: Connection, messages: Sequence[str]) -> frozenset[str]:
        query = select(_C.recipient).where(_C.message.in_(messages), _C.kind == "primary")
        return frozenset(connection.execute(query).scalars())

    def claims(self, endpoint: str, remote_id: str) -> list[Copy]:
        """The copies at an endpoint that keep this id of its partner's."""
        with self._store.reading() as connection:
            query = select(*copies_.COLUMNS).where(
                _C.remote_id.is_not(None), _C.remote_id == remote_id, _C.endpoint == endpoint
            )
            return [copies_.from_row(row) for row in connection.execute(query)]

    def copies(self, message: str) -> list[Copy]:
        """All copies of a message in order of acceptance."""
        table = schema.copies.c
        with self._store.reading() as connection:
            query = select(*copies_.COLUMNS).where(table.message == message).order_by(table.seq)
            return [copies_.from_row(row) for row in connection.execute(query)]

    def position(self, cursor: str) -> int:
        """Up to which event a cursor has worked."""
        with self._store.reading() as connection:
            query = select(schema.cursors.c.position).where(schema.cursors.c.name == cursor)
            return connection.execute(query).scalar() or 0

    def received(self, remote: RemoteId) -> Receipt | None:
        """The receipt of a partner's item that was accepted before."""
        table = schema.remote_ids_in.c
        mine = (table.endpoint == remote.endpoint, table.type == remote.type, table.remote_id == remote.id)
        with self._store.reading() as connection:
            query = select(_M.id, _M.accepted_at).join(schema.remote_ids_in, table.message == _M.id).where(*mine)
            row = connection.execute(query).first()
        return Receipt(row.id, row.accepted_at, (), repeated=True) if row else None

    def kept_back(self, remote: RemoteId) -> Kept | None:
        """A partner's item that is kept back, and why."""
        table = schema.quarantine.c
        mine = (table.endpoint == remote.endpoint, table.type == remote.type, table.remote_id == remote.id)
        with self._store.reading() as connection:
            row = connection.execute(
                select(table.code, table.detail, table.body, table.word, table.at).where(*mine)
            ).first()
        return Kept(*row) if row else None

    def has_document(self, document_id: str) -> bool:
        """Whether any sender's document of this id is known."""
        with self._store.reading() as connection:
            query = select(_M.seq).where(_M.key == document_id, _M.type == "edoc").limit(1)
            return connection.execute(query).first() is not None

    def conditions(self) -> list[Condition]:
        """What is kept of every endpoint."""
        with self._store.reading() as connection:
            return [Condition(**row) for row in connection.execute(select(schema.endpoints)).mappings()]

    def routes_version(self) -> tuple[str, str] | None:
        """Version and text of the routes in force."""
        table = schema.routes_versions.c
        with self._store.reading() as connection:
            row = connection.execute(select(table.version, table.text).order_by(table.seq.desc()).limit(1)).first()
        return (row.version, row.text) if row else None


def _queued_at(connection: Connection, endpoint: str, limit: int) -> tuple[Sequence[Any], bool]:
    """Queued copies with so many deliveries among them, if there are; and whether there may be more.

    A delivery of many copies may fill what was asked for by itself, so more is asked for then.
    """
    asked = limit
    while True:
        rows = sql.ask(connection, _QUEUED, endpoint=endpoint, limit=asked)
        cut = len(rows) >= asked
        if not cut or len({delivery for delivery, _ in rows}) >= limit:
            return rows, cut
        asked *= 4


def interleave(urgent: Sequence[str], oldest: Sequence[str], issued: int = 0, every: int = 5) -> list[str]:
    """``urgent`` with each ``every``-th place given to the next of ``oldest``, after ``issued`` places; nothing twice."""
    first, second = iter(urgent), iter(oldest)
    order: dict[str, None] = {}
    while True:
        turn = second if (issued + len(order)) % every == every - 1 else first
        following = next((name for name in turn if name not in order), None)
        following = following or next((name for name in first if name not in order), None)
        if following is None:
            return list(order)
        order[following] = None
