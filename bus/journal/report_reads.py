"""Questions about a report: its versions, where their copies are, and what recipients said."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import Connection, select

from bus.journal import schema
from bus.journal.expectation_reads import DATA, STATUS
from bus.journal.store import Store
from schemas.content import Content

_M, _C = schema.messages.c, schema.copies.c
NARRATIVE = "report.narrative.v1"
_EVENT = (_M.id, _M.type, _M.kind, _M.sender, _M.view, _M.accepted_at)
#: Versions and words of one report that are told: nobody writes more of them.
_MOST = 2000


@dataclass(frozen=True, slots=True)
class Happening:
    """A version of a report, or a word on one. ``copies``: recipient, state, reason."""

    id: str
    type: str
    kind: str
    sender: str
    view: Mapping[str, Any]
    accepted_at: int
    copies: tuple[tuple[str, str, str], ...]

    @property
    def version(self) -> int:
        """Which version it is, or is about."""
        return int(self.view.get("version", 0))


def of_report(store: Store, report_id: str) -> list[Happening]:
    """All that was accepted about reports of this id, in order; conflicts that are held apart. Raises JournalDown."""
    types = _M.type.in_((DATA, NARRATIVE, STATUS))
    query = select(*_EVENT).where(_M.key == report_id, types, _M.conflict_with.is_(None)).order_by(_M.seq).limit(_MOST)
    with store.reading() as connection:
        rows = connection.execute(query).all()
        copies = _copies(connection, [row.id for row in rows])
    return [
        Happening(id_, type_, kind, sender, orjson.loads(view or "{}"), at, tuple(copies[id_]))
        for id_, type_, kind, sender, view, at in rows
    ]


def units(store: Store, endpoint: str, report_id: str, version: int) -> list[str]:
    """Whose report of this id and version went to an endpoint: mostly one unit's. Raises JournalDown."""
    said = (_M.key == report_id, _M.type.in_((DATA, NARRATIVE)), _M.variant == f"v{version}", _C.endpoint == endpoint)
    query = select(_M.sender).distinct().join_from(schema.messages, schema.copies, _C.message == _M.id).where(*said)
    with store.reading() as connection:
        return sorted(connection.execute(query).scalars())


def has(store: Store, senders: Collection[str], content: Content) -> bool:
    """Whether one of these senders' messages has this content. Raises JournalDown."""
    same = (_M.key == content.key, _M.type == content.type, _M.digest == content.digest, _M.variant == content.variant)
    query = select(_M.id).where(*same, _M.sender.in_(sorted(senders))).limit(1)
    with store.reading() as connection:
        return connection.execute(query).first() is not None


def _copies(connection: Connection, messages: list[str]) -> dict[str, list[tuple[str, str, str]]]:
    found: dict[str, list[tuple[str, str, str]]] = defaultdict(list)
    query = select(_C.message, _C.recipient, _C.state, _C.reason)
    for message, *copy in connection.execute(
        query.where(_C.message.in_(messages), _C.kind == "primary").order_by(_C.seq)
    ):
        found[message].append((copy[0], copy[1], copy[2]))
    return found
