"""The chain of the audit: each row bears a hash over the row before it, so none can be changed, put in or taken out unseen.

A row's hash is the SHA-256 of the hash before it, a line break, and the row as JSON (:func:`link`; docs/schema.md has it
for others to compute). Rows of before there was a chain bear no hash and are hashed all the same, so the first that
does covers them. What nobody can see from inside is a tail that was removed: keep the head outside.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import Connection, Select, select

from bus.journal import sql
from bus.journal.schema import audit

#: The hash before the first row.
BEGINNING = "0" * 64
#: What a row says, which its hash covers. Its number is not among it: the database hands that out.
SAID = ("at", "who", "what", "detail", "outcome", "reason", "before", "after")
#: Rows read at a time.
_PORTION = 1000

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Deed:
    """What somebody ordered, or looked at, and what came of it. ``before`` and ``after``: what changed, as JSON."""

    who: str
    what: str
    detail: str = ""
    outcome: str = ""
    reason: str = ""
    before: str = ""
    after: str = ""


def link(previous: str, row: Mapping[str, Any]) -> str:
    """The hash (hex) of a row that follows the one of this hash."""
    told = {name: row[name] for name in SAID}
    text = json.dumps(told, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(f"{previous}\n{text}".encode()).hexdigest()


def append(connection: Connection, now: int, deeds: Sequence[Deed]) -> None:
    """Write rows at the end of the chain. On PostgreSQL the caller holds the lock that lets one write at a time."""
    previous, rows = _head(connection), list[Row]()
    for deed in deeds:
        row = {"at": now, **asdict(deed), "previous": previous}
        previous = row["hash"] = link(previous, row)
        rows.append(row)
    sql.insert(connection, audit, *sql.named(rows))


def _head(connection: Connection) -> str:
    """The hash that the next row follows: of the last row, borne by it or not."""
    last = select(audit.c.seq, audit.c.hash).where(audit.c.hash.is_not(None)).order_by(audit.c.seq.desc()).limit(1)
    seq, previous = connection.execute(last).first() or (0, BEGINNING)
    for row in rows_after(connection, seq):
        previous = link(previous, row)
    return previous


def rows_after(connection: Connection, seq: int) -> Iterator[Row]:
    """The rows of the audit that follow a number, in order."""
    while portion := portion_after(connection, seq, _PORTION):
        yield from portion
        seq = portion[-1]["seq"]


def portion_after(connection: Connection, seq: int, limit: int) -> list[Row]:
    """The next so many rows of the audit that follow a number, in order."""
    return asked(connection, select(audit).where(audit.c.seq > seq).order_by(audit.c.seq).limit(limit))


def asked(connection: Connection, query: Select[Any]) -> list[Row]:
    """Rows of the audit under their plain names."""
    return [dict(zip(audit.columns.keys(), row, strict=True)) for row in connection.execute(query)]
