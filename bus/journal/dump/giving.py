"""A dump put back: the tables as they were, brought to this release, and marked as restored before anybody can work on them."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import inspect, select

from bus.journal import restored, schema
from bus.journal.dump import postgres, sqlite
from bus.journal.dump.facts import SQLITE, DumpBroken, Facts, Tell
from bus.journal.dump.taking import TABLES
from bus.journal.migrate import bring
from bus.journal.restored import Restore
from bus.journal.store import Store
from bus.journal.tx import Tx


def give(url: str, folder: Path, facts: Facts, restore: Restore, now: int, tell: Tell) -> None:
    """Make the journal at ``url`` from a dump. Raises DumpBroken where it is of another database, or one is there."""
    store = Store(url)
    try:
        if store.is_sqlite != (facts.database == SQLITE):
            raise DumpBroken(f"the backup is of {facts.database}: BUS_DATABASE_URL has to name such a database")
        if store.is_sqlite:
            _give_sqlite(url, folder, restore, now)
        else:
            _give_postgres(store, folder, facts, restore, now, tell)
    finally:
        store.close()


def given(url: str, restore: Restore, at: int) -> bool:
    """Whether the journal at ``url`` was made of this backup at this instant (microseconds)."""
    if url.startswith("sqlite") and not _file(url).exists():
        return False
    store, table = Store(url), schema.recoveries.c
    last = select(table.made_at, table.position, table.restored_at).order_by(table.seq.desc()).limit(1)
    try:
        with store.reading() as connection:
            there = inspect(connection).has_table(schema.recoveries.name)
            return there and connection.execute(last).first() == (restore.made_at, restore.position, at)
    finally:
        store.close()


def _file(url: str) -> Path:
    return Path(url.removeprefix("sqlite:///"))


def _give_sqlite(url: str, folder: Path, restore: Restore, now: int) -> None:
    """Under another name until it is whole: a crash before leaves no journal."""
    final = _file(url)
    if final.exists():
        raise DumpBroken(f"there is a journal at {final}: nothing is written over one")
    made = final.with_name(f"{final.name}.restoring")
    for left in (made, *(made.with_name(f"{made.name}-{kind}") for kind in ("wal", "shm"))):
        left.unlink(missing_ok=True)
    sqlite.load(folder, made)
    store = Store(f"sqlite:///{made}")
    try:
        _mark(store, restore, now)
    finally:
        store.close()
    made.rename(final)


def _mark(store: Store, restore: Restore, now: int) -> None:
    with store.writer.connect() as connection:
        bring(connection)
        connection.commit()
        with connection.begin():
            restored.begin(Tx(connection, now), [restore])


def _give_postgres(store: Store, folder: Path, facts: Facts, restore: Restore, now: int, tell: Tell) -> None:
    """All of it in one transaction."""
    with store.writer.begin() as connection:
        postgres.load(connection, folder / TABLES, facts, tell)
        bring(connection)
        restored.begin(Tx(connection, now), [restore])
