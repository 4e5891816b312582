"""One statement per table and group, on both databases.

SQLAlchemy Core describes the tables and runs the reads; grouped writes are spelled out here, because
``sqlite3`` gives the interpreter away at every row of an ``executemany`` and waits to get it back.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import islice
from typing import Any

from sqlalchemy import Connection, Dialect, Table

Row = Mapping[str, Any]

#: Bound parameters of one statement: below SQLite's 32,766 and PostgreSQL's 65,535.
_MAX_PARAMETERS = 30_000


def insert(connection: Connection, table: Table, rows: Sequence[Row], *, ignore: bool = False) -> int:
    """Insert all rows; with ``ignore`` those whose key is there already are left. Gives how many went in."""
    count = 0
    for chunk in _chunks(rows):
        names = tuple(chunk[0])
        statement = _insert_text(table.name, names, len(chunk), _mark(connection), ignore)
        count += connection.exec_driver_sql(statement, _flat(chunk, names)).rowcount
    return count


def update(connection: Connection, table: Table, key: str, rows: Sequence[Row]) -> int:
    """Set every named column of the rows found by ``key``. Gives how many were there."""
    count = 0
    for chunk in _chunks(rows):
        names = tuple(chunk[0])
        types = tuple(_type(table, name, connection.dialect) for name in names)
        statement = _update_text(table.name, key, names, types, len(chunk), _mark(connection))
        count += connection.exec_driver_sql(statement, _flat(chunk, names)).rowcount
    return count


def _chunks(rows: Sequence[Row]) -> Iterator[list[Row]]:
    if not rows:
        return
    size = max(1, _MAX_PARAMETERS // len(rows[0]))
    it = iter(rows)
    while chunk := list(islice(it, size)):
        yield chunk


def _flat(rows: Iterable[Row], names: Sequence[str]) -> tuple[Any, ...]:
    return tuple(row[name] for row in rows for name in names)


def _mark(connection: Connection) -> str:
    return "?" if connection.dialect.name == "sqlite" else "%s"


def _type(table: Table, name: str, dialect: Dialect) -> str:
    return table.c[name].type.compile(dialect)


@lru_cache(maxsize=4096)
def _insert_text(table: str, names: tuple[str, ...], count: int, mark: str, ignore: bool) -> str:
    row = f"({', '.join([mark] * len(names))})"
    tail = " ON CONFLICT DO NOTHING" if ignore else ""
    return f"INSERT INTO {table} ({_quoted(names)}) VALUES {', '.join([row] * count)}{tail}"  # noqa: S608


@lru_cache(maxsize=4096)
def _update_text(table: str, key: str, names: tuple[str, ...], types: tuple[str, ...], count: int, mark: str) -> str:
    first = f"({', '.join(f'CAST({mark} AS {type_})' for type_ in types)})"
    others = [f"({', '.join([mark] * len(names))})"] * (count - 1)
    sets = ", ".join(f'"{name}" = new."{name}"' for name in names if name != key)
    return (
        f"WITH new ({_quoted(names)}) AS (VALUES {', '.join([first, *others])}) "  # noqa: S608
        f'UPDATE {table} SET {sets} FROM new WHERE {table}."{key}" = new."{key}"'
    )


def _quoted(names: Iterable[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)
