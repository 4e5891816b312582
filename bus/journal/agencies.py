"""The verbs that keep partners' lists of agencies: portion by portion, so that documents are not kept waiting.

A list under change has no digest, so that one whose refresh broke off is made anew by the next.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from sqlalchemy import delete, update

from bus.journal import schema
from bus.journal.sql import Row
from bus.journal.tx import Tx

#: Rows one portion changes at the most.
PORTION = 2000

_A, _L = schema.agencies.c, schema.agency_lists.c


@dataclass(frozen=True, slots=True)
class Head:
    """Which list is in the cache. Times are journal microseconds."""

    endpoint: str
    #: What the partner calls this version; empty: it does not say.
    version: str
    #: Of all rows; empty while they are being changed.
    digest: str
    count: int
    refreshed_at: int
    changed_at: int


@dataclass(frozen=True, slots=True)
class Portion:
    """A part of a list's change: codes whose rows go, then rows that come."""

    endpoint: str
    gone: tuple[str, ...] = ()
    rows: tuple[Row, ...] = ()


def put(tx: Tx, portions: Sequence[Portion]) -> list[Exception | None]:
    """Change the cache by portions."""
    for portion in portions:
        if portion.gone:
            tx.connection.execute(
                delete(schema.agencies).where(_A.endpoint == portion.endpoint, _A.code.in_(portion.gone))
            )
        tx.insert(schema.agencies, portion.rows)
    return [None] * len(portions)


def headed(tx: Tx, heads: Sequence[Head]) -> list[Exception | None]:
    """Keep which list the cache has now."""
    last = {head.endpoint: head for head in heads}
    tx.connection.execute(delete(schema.agency_lists).where(_L.endpoint.in_(sorted(last))))
    tx.insert(schema.agency_lists, [asdict(head) for head in last.values()])
    return [None] * len(heads)


def begun(tx: Tx, endpoints: Sequence[str]) -> list[Exception | None]:
    """What the cache has of these endpoints is no whole list until the next head."""
    mine = _L.endpoint.in_(sorted(set(endpoints)))
    tx.connection.execute(update(schema.agency_lists).where(mine).values(version="", digest=""))
    return [None] * len(endpoints)
