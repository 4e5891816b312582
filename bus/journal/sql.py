"""One statement per table and group, on both databases.

SQLAlchemy Core describes the tables and the questions. What the writer runs all day is put into words once and handed to the
driver as it is; and a group is one statement, and its answer one row, because ``sqlite3`` gives the interpreter away at
every row and waits to get it back.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, islice
from operator import itemgetter
from typing import Any

import orjson
from sqlalchemy import BindParameter, ColumnElement, Connection, Dialect, SelectBase, Table, bindparam, func, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler

Row = Mapping[str, Any]

#: Bound parameters of one statement: below SQLite's 32,766 and PostgreSQL's 65,535.
_MAX_PARAMETERS = 30_000


class Among(ColumnElement[bool]):
    """Whether ``column`` is one of the texts, or numbers, that :func:`ask` is given as ``name``: one wording, however many
    they are.
    """

    inherit_cache = False

    def __init__(self, column: ColumnElement[Any], name: str) -> None:
        self.column = column
        self.values: BindParameter[Any] = bindparam(name)


@compiles(Among, "sqlite")
def _among_in_sqlite(among: Among, compiler: SQLCompiler, **more: Any) -> str:
    column, values = compiler.process(among.column, **more), compiler.process(among.values, **more)
    return f"{column} IN (SELECT value FROM json_each({values}))"  # noqa: S608


@compiles(Among, "postgresql")
def _among_in_postgres(among: Among, compiler: SQLCompiler, **more: Any) -> str:
    column, values = compiler.process(among.column, **more), compiler.process(among.values, **more)
    return f"{column} = ANY ({values})"


def ask(connection: Connection, question: SelectBase, **values: Any) -> list[Sequence[Any]]:
    """All rows of a question that was made once and has no bytes in its answer. No value holds a NUL: none that comes by
    XML or in a header can, and SQLite's JSON would end there.
    """
    asked = _asked(question, connection.dialect)
    rows = _run(connection, asked.text, asked.parameters(values)).fetchall()
    return list(rows if asked.places is None else orjson.loads(rows[0][0]))


@dataclass(frozen=True, slots=True)
class _Asked:
    """A question in the words of a database."""

    text: str
    #: The values that are part of the question, by name.
    fixed: Mapping[str, Any]
    #: Which value goes where, on SQLite: there they have no names, and all rows come as the JSON of one.
    places: Sequence[str] | None = None

    def parameters(self, values: Mapping[str, Any]) -> Any:
        given = {**self.fixed, **values}
        return given if self.places is None else tuple(_bound(given[name]) for name in self.places)


def _bound(value: Any) -> Any:
    return orjson.dumps(value).decode() if isinstance(value, list) else value


@lru_cache(maxsize=256)
def _asked(question: SelectBase, dialect: Dialect) -> _Asked:
    if dialect.name != "sqlite":
        compiled = question.compile(dialect=dialect)
        return _Asked(str(compiled), compiled.params)
    rows = question.subquery()
    compiled = select(func.json_group_array(func.json_array(*rows.c))).compile(dialect=dialect)
    assert isinstance(compiled, SQLCompiler)
    return _Asked(str(compiled), compiled.params, compiled.positiontup or ())


def insert(connection: Connection, table: Table, rows: Sequence[Row], *, ignore: bool = False) -> int:
    """Insert all rows; with ``ignore`` those whose key is there already are left. Gives how many went in."""
    return _insert(connection, table, rows, " ON CONFLICT DO NOTHING" if ignore else "")


def put(connection: Connection, table: Table, key: str, rows: Sequence[Row]) -> None:
    """Insert rows, or set every named column of those whose ``key`` is there already."""
    if rows:
        sets = ", ".join(f'"{name}" = excluded."{name}"' for name in rows[0] if name != key)
        _insert(connection, table, rows, f' ON CONFLICT ("{key}") DO UPDATE SET {sets}')


def add(connection: Connection, table: Table, key: str, rows: Sequence[Row]) -> None:
    """Insert rows, or add every other named column to that of the row whose ``key`` is there already."""
    if rows:
        sets = ", ".join(f'"{name}" = {table.name}."{name}" + excluded."{name}"' for name in rows[0] if name != key)
        _insert(connection, table, rows, f' ON CONFLICT ("{key}") DO UPDATE SET {sets}')


def _insert(connection: Connection, table: Table, rows: Sequence[Row], tail: str) -> int:
    count = 0
    for chunk in _chunks(rows):
        statement = _insert_text(table.name, tuple(chunk[0]), len(chunk), _mark(connection.dialect), tail)
        count += _run(connection, statement, _flat(chunk)).rowcount
    return count


def update(connection: Connection, table: Table, key: str, rows: Sequence[Row]) -> None:
    """Set every named column of the rows found by ``key``."""
    for chunk in _chunks(rows):
        statement = _update_text(table, key, tuple(chunk[0]), len(chunk), connection.dialect)
        _run(connection, statement, _flat(chunk))


def _run(connection: Connection, statement: str, parameters: Any) -> Any:
    """Execute within the transaction that ``connection`` has begun; gives the driver's cursor."""
    driver: Any = connection.connection.dbapi_connection
    return driver.execute(statement, parameters)


def _chunks(rows: Sequence[Row]) -> Iterator[list[Row]]:
    if not rows:
        return
    size = max(1, _MAX_PARAMETERS // len(rows[0]))
    it = iter(rows)
    while chunk := list(islice(it, size)):
        yield chunk


def _flat(rows: Sequence[Row]) -> tuple[Any, ...]:
    """The values of all rows, each in the order of the first."""
    return tuple(chain.from_iterable(map(itemgetter(*rows[0]), rows)))


def _mark(dialect: Dialect) -> str:
    return "?" if dialect.name == "sqlite" else "%s"


@lru_cache(maxsize=1024)
def _insert_text(table: str, names: tuple[str, ...], count: int, mark: str, tail: str) -> str:
    row = f"({', '.join([mark] * len(names))})"
    return f"INSERT INTO {table} ({_quoted(names)}) VALUES {', '.join([row] * count)}{tail}"  # noqa: S608


@lru_cache(maxsize=1024)
def _update_text(table: Table, key: str, names: tuple[str, ...], count: int, dialect: Dialect) -> str:
    mark = _mark(dialect)
    first = f"({', '.join(f'CAST({mark} AS {table.c[name].type.compile(dialect)})' for name in names)})"
    others = [f"({', '.join([mark] * len(names))})"] * (count - 1)
    sets = ", ".join(f'"{name}" = new."{name}"' for name in names if name != key)
    return (
        f"WITH new ({_quoted(names)}) AS (VALUES {', '.join([first, *others])}) "  # noqa: S608
        f'UPDATE {table.name} SET {sets} FROM new WHERE {table.name}."{key}" = new."{key}"'
    )


def _quoted(names: Iterable[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)
