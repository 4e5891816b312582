"""Questions about the audit: who did what, and whether its chain is whole. In pages: none keeps the database for long."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from bus.journal import chain, schema
from bus.journal.chain import Row
from bus.journal.store import Store

_A = schema.audit.c
#: Rows of the chain looked at in one portion.
PORTION = 5000


@dataclass(frozen=True, slots=True)
class Asked:
    """Which rows are meant. Empty fields ask nothing; ``since`` and ``until`` are journal microseconds."""

    who: str = ""
    what: str = ""
    since: int | None = None
    until: int | None = None
    #: Only what stands behind this number, newest first.
    after: int | None = None
    limit: int = 50


@dataclass(frozen=True, slots=True)
class Walked:
    """A portion of the chain that was followed."""

    rows: int
    #: Where the next portion begins, and the hash it follows; None at the end, and where the chain is broken.
    after: int | None
    hash: str
    #: The number of the first row that does not fit, and why.
    broken: int | None = None
    why: str = ""


class AuditReads:
    """Each question has a connection of its own that is given back at once."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def page(self, asked: Asked) -> list[Row]:
        """Rows that fit, newest first."""
        query = select(schema.audit).order_by(_A.seq.desc()).limit(asked.limit)
        exact = ((_A.who, asked.who), (_A.what, asked.what))
        query = query.where(*(column == value for column, value in exact if value))
        if asked.since is not None:
            query = query.where(_A.at >= asked.since)
        if asked.until is not None:
            query = query.where(_A.at < asked.until)
        if asked.after is not None:
            query = query.where(_A.seq < asked.after)
        with self._store.reading() as connection:
            return chain.asked(connection, query)

    def head(self) -> Row | None:
        """The last row that bears a hash; None before the first."""
        query = select(schema.audit).where(_A.hash.is_not(None)).order_by(_A.seq.desc()).limit(1)
        with self._store.reading() as connection:
            return next(iter(chain.asked(connection, query)), None)

    def hash_of(self, number: int) -> str | None:
        """The hash that the row of this number bears; None where there is no such row."""
        with self._store.reading() as connection:
            return connection.execute(select(_A.hash).where(_A.seq == number)).scalar()

    def walk(self, after: int = 0, previous: str = chain.BEGINNING) -> Walked:
        """Follow the chain from a row on, as far as a portion goes."""
        with self._store.reading() as connection:
            rows = chain.portion_after(connection, after, PORTION)
        for count, row in enumerate(rows, 1):
            if why := _misfit(row, previous):
                return Walked(count, None, previous, row["seq"], why)
            previous = chain.link(previous, row)
        return Walked(len(rows), rows[-1]["seq"] if len(rows) == PORTION else None, previous)


def _misfit(row: Row, previous: str) -> str:
    """Why a row cannot follow the one of this hash; empty where it can."""
    if row["hash"] is None:
        return ""
    if row["previous"] != previous:
        return "it does not follow the row before it: one was changed, put in or taken out there"
    return "" if row["hash"] == chain.link(previous, row) else "it was changed: its hash is of other words"
