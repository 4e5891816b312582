"""A PostgreSQL journal as one file a table, in the text form of ``COPY``; nothing but the server is needed for it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy import Connection, text

from bus.journal.dump.facts import DumpBroken, Facts, Tell
from bus.journal.migrate import bring

#: The table that says which migration the others are at.
VERSION = "alembic_version"
_PIECE = 1 << 20
#: Rows between two signs of life.
_ROWS = 10_000
_COLUMNS = text(
    "SELECT c.table_name, c.column_name FROM information_schema.columns c JOIN information_schema.tables t"
    " USING (table_schema, table_name) WHERE c.table_schema = current_schema() AND t.table_type = 'BASE TABLE'"
    " ORDER BY c.table_name, c.ordinal_position"
)
_SEQUENCES = text("SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = current_schema()")


def tables(connection: Connection) -> dict[str, list[str]]:
    """The columns of every table of ours, in their order."""
    found: dict[str, list[str]] = {}
    for table, column in connection.execute(_COLUMNS):
        found.setdefault(table, []).append(column)
    return found


def sequences(connection: Connection) -> dict[str, int]:
    """The last number that each sequence has handed out. What it hands out later is in no snapshot."""
    return {name: int(last) for name, last in connection.execute(_SEQUENCES) if last is not None}


def dump(connection: Connection, folder: Path, names: Mapping[str, Sequence[str]], tell: Tell) -> None:
    """Write every table as this transaction sees it. Raises DumpBroken."""
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        for done, (table, columns) in enumerate(names.items()):
            _write(connection, folder / table, (table, columns), partial(tell, done, len(names)))
    except (psycopg.Error, OSError) as error:
        raise DumpBroken(f"the journal cannot be written to {folder}: {error}") from error
    tell(len(names), len(names))


def _write(connection: Connection, path: Path, of: tuple[str, Sequence[str]], alive: Callable[[], None]) -> None:
    """``alive`` is called now and then, and may end it."""
    table, columns = of
    question = sql.SQL("COPY {} ({}) TO STDOUT").format(sql.Identifier(table), _listed(columns))
    with path.open("wb") as file, _cursor(connection).copy(question) as rows:
        for number, piece in enumerate(rows):
            file.write(piece)
            if number % _ROWS == 0:
                alive()


def load(connection: Connection, folder: Path, facts: Facts, tell: Tell) -> None:
    """Make the tables as they were and fill them, in this transaction. Raises DumpBroken where there are tables already."""
    if tables(connection):
        raise DumpBroken("the database has tables: a backup is restored into an empty one")
    bring(connection, facts.schema)
    theirs = {table: columns for table, columns in facts.tables.items() if table != VERSION}
    for done, (table, columns) in enumerate(theirs.items()):
        tell(done, len(theirs))
        _fill(connection, folder / table, table, columns)
    tell(len(theirs), len(theirs))
    for name, last in facts.sequences.items():
        connection.execute(text("SELECT setval(CAST(:name AS regclass), :last)"), {"name": name, "last": last})


def _fill(connection: Connection, file: Path, table: str, columns: Sequence[str]) -> None:
    order = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table), _listed(columns))
    try:
        with file.open("rb") as rows, _cursor(connection).copy(order) as copy:
            while piece := rows.read(_PIECE):
                copy.write(piece)
    except psycopg.Error as error:  # its own words may have a value in them
        raise DumpBroken(f"the rows of {table} do not fit ({type(error).__name__})") from error


def _listed(columns: Iterable[str]) -> sql.Composed:
    return sql.SQL(", ").join(map(sql.Identifier, columns))


def _cursor(connection: Connection) -> psycopg.Cursor[Any]:
    raw = connection.connection.dbapi_connection
    assert isinstance(raw, psycopg.Connection)
    return raw.cursor()
