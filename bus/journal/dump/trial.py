"""A dump of PostgreSQL put back to try it: into a schema of its own, in a transaction that is given up. Nothing of it stays."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from sqlalchemy import Connection, func, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.schema import CreateSchema

from bus.errors import BusError
from bus.journal import schema
from bus.journal.dump import postgres
from bus.journal.dump.facts import DumpBroken, Facts, Tell
from bus.journal.dump.taking import TABLES
from bus.journal.health import trouble
from bus.journal.migrate import TablesUnknown, bring
from bus.journal.store import Store

_THERE = "in the database that BUS_DATABASE_URL names"


class NotTried(BusError):
    """Here nobody can put the dump back to try it; nothing is said of the dump."""


def problems(url: str, folder: Path, facts: Facts, tell: Tell) -> list[str]:
    """What is wrong with a dump; nothing where it went in whole and could be brought to this release. Raises NotTried."""
    if url.startswith("sqlite"):
        raise NotTried("BUS_DATABASE_URL names no PostgreSQL to try it in")
    store = Store(url)
    try:
        with _scratch(store) as connection:
            return _tried(connection, folder, facts, tell)
    finally:
        store.close()


def _tried(connection: Connection, folder: Path, facts: Facts, tell: Tell) -> list[str]:
    try:
        postgres.load(connection, folder / TABLES, facts, tell)
        bring(connection)
        last = connection.execute(select(func.max(schema.events.c.seq))).scalar() or 0
    except (DumpBroken, TablesUnknown, DBAPIError) as error:
        if reason := trouble(error.__cause__ or error):
            raise NotTried(f"{_THERE}: {reason}") from error
        if isinstance(error, DBAPIError):
            return [f"its tables cannot be brought to this release ({type(error.orig).__name__})"]
        return [str(error)]
    return [] if last <= facts.position else [f"its events go on to {last}, the manifest says {facts.position}"]


@contextmanager
def _scratch(store: Store) -> Iterator[Connection]:
    """A transaction that sees one schema, which is new and goes with it. Raises NotTried."""
    with ExitStack() as held:
        try:
            connection = held.enter_context(store.writer.connect())
            held.callback(connection.rollback)
            name = f"bus_trial_{secrets.token_hex(8)}"
            connection.execute(CreateSchema(name))
            connection.exec_driver_sql(f'SET search_path TO "{name}"')
        except DBAPIError as error:
            raise NotTried(f"{_THERE}: {trouble(error) or error.orig}") from error
        yield connection
