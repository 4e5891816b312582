"""The statuses the journal has about a document: what each agency reported, in order of acceptance.

A status bears the DocumentId it is about as its key, so the index of identities finds them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import Select, and_, select

from bus.journal import schema
from bus.journal.event import Event

#: What tells documents apart: who sent it, its DocumentId, and which of those that bore it after recalls.
DocumentKey = tuple[str, str, int]

_M, _C = schema.messages.c, schema.copies.c
_DOCUMENT = schema.messages.alias("document").c


@dataclass(frozen=True, slots=True)
class Reported:
    """One status about a known document. Codes are as the journal keeps them."""

    document: DocumentKey
    #: The status message's own id.
    id: str
    code: str
    by: str
    #: The agencies it was sent to.
    to: frozenset[str]
    #: Its own Timestamp, as written.
    timestamp: str
    description: str
    #: Microseconds since 1970.
    accepted_at: int


def document_of(event: Event) -> DocumentKey:
    """The document an event is one of."""
    return event.sender, event.key, event.issue


def about(document_ids: Iterable[str]) -> Select[Any]:
    """Every status about documents of these ids, a row for each agency it was sent to."""
    return (
        select(
            _DOCUMENT.sender, _M.key, _DOCUMENT.issue, _M.id, _M.kind, _M.sender, _M.view, _M.accepted_at, _C.recipient
        )
        .join(_DOCUMENT.id.table, _DOCUMENT.id == _M.target)
        .outerjoin(schema.copies, and_(_C.message == _M.id, _C.kind == "primary"))
        .where(_M.key.in_(sorted(set(document_ids))), _M.type == "status")
        .order_by(_M.seq, _C.seq)
    )


def reported(rows: Iterable[Any]) -> list[Reported]:
    """The rows of :func:`about`, one value a status."""
    found: dict[str, list[Any]] = {}
    for row in rows:
        found.setdefault(row[3], []).append(row)
    return [_reported(same) for same in found.values()]


def _reported(rows: list[Any]) -> Reported:
    sender, key, issue, id_, code, by, view, accepted_at, _ = rows[0]
    said = orjson.loads(view or "{}")
    return Reported(
        document=(sender, key, issue),
        id=id_,
        code=code,
        by=by,
        to=frozenset(row[-1] for row in rows if row[-1]),
        timestamp=str(said.get("timestamp", "")),
        description=str(said.get("description", "")),
        accepted_at=accepted_at,
    )
