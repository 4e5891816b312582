"""One moment of a journal: what is told of it, which bodies it claims from the store, and its rows as files."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, func, select, text

from bus.journal import schema
from bus.journal.dump import postgres, sqlite
from bus.journal.dump.facts import POSTGRES, SQLITE, Facts, Tell
from bus.journal.states import OPEN, State, in_state
from bus.journal.store import Store

_B, _C = schema.bodies.c, schema.copies.c
#: Where the tables of PostgreSQL lie in a dump.
TABLES = "tables"


@dataclass(frozen=True, slots=True)
class Taken:
    """A journal as it was at one moment, for as long as that is held."""

    connection: Connection
    facts: Facts

    def dump(self, folder: Path, tell: Tell) -> None:
        """Write its rows."""
        if self.facts.database == SQLITE:
            sqlite.dump(self.connection, folder, tell)
        else:
            postgres.dump(self.connection, folder / TABLES, self.facts.tables, tell)

    def bodies(self) -> list[tuple[str, int]]:
        """SHA-256 and size of the bodies that lie in the store."""
        query = select(_B.sha256, _B.size).where(_B.kept == 1, _B.data.is_(None)).order_by(_B.sha256)
        return [(row.sha256, row.size) for row in self.connection.execute(query)]

    def needed(self) -> frozenset[str]:
        """Those that a copy has which may still be sent."""
        live = in_state(_C.state, *OPEN, State.DEAD)
        query = select(_C.body).where(live).distinct()
        return frozenset(self.connection.execute(query).scalars())


@contextmanager
def taken(store: Store) -> Iterator[Taken]:
    """The journal as it is now. Raises JournalDown."""
    with store.snapshot() as connection:
        yield Taken(connection, _facts(connection, on_sqlite=store.is_sqlite))


def _facts(connection: Connection, *, on_sqlite: bool) -> Facts:
    table = schema.routes_versions.c
    routes = connection.execute(select(table.version, table.text).order_by(table.seq.desc()).limit(1)).first()
    return Facts(
        database=SQLITE if on_sqlite else POSTGRES,
        schema=str(connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one()),
        position=connection.execute(select(func.max(schema.events.c.seq))).scalar() or 0,
        routes_version=routes.version if routes else "",
        routes=routes.text if routes else "",
        tables={} if on_sqlite else postgres.tables(connection),
        sequences={} if on_sqlite else postgres.sequences(connection),
    )
