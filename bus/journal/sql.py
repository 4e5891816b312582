"""One statement per table and group, on both databases.

SQLAlchemy Core describes the tables and the questions. What the writer runs all day is put into words once and handed to the
driver as it is; and a group is one statement, and its answer one row, because ``sqlite3`` gives the interpreter away at
every row and waits to get it back.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, compress
from typing import Any

import orjson
from sqlalchemy import BindParameter, ColumnElement, Connection, Dialect, SelectBase, Table, bindparam, func, select
from sqlalchemy.engine import Compiled
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler

#: A row whose values stand under the names of its columns, and one whose columns are named elsewhere, in the same order.
Row = Mapping[str, Any]
Values = Sequence[Any]
Names = tuple[str, ...]

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
    """All rows of a question, as :func:`ask_all` gives them."""
    return ask_all(connection, question, **values)[0]


def ask_all(connection: Connection, *questions: SelectBase, **values: Any) -> list[list[Sequence[Any]]]:
    """All rows of each question, which was made once and has no bytes in its answer. No value holds a NUL: none that comes
    by XML or in a header can, and SQLite's JSON would end there.
    """
    if connection.dialect.name != "sqlite":
        return [_ask(connection, question, values) for question in questions]
    asked = _asked_at_once(questions, connection.dialect)
    (answers,) = _run(connection, asked.text, asked.parameters(values)).fetchall()
    return list(map(orjson.loads, answers))


def _ask(connection: Connection, question: SelectBase, values: Mapping[str, Any]) -> list[Sequence[Any]]:
    compiled = _compiled(question, connection.dialect)
    return list(_run(connection, str(compiled), {**compiled.params, **values}).fetchall())


@lru_cache(maxsize=256)
def _compiled(question: SelectBase, dialect: Dialect) -> Compiled:
    return question.compile(dialect=dialect)


@dataclass(frozen=True, slots=True)
class _Asked:
    """Questions in the words of SQLite: one row, with the rows of each as JSON."""

    text: str
    #: The values that are part of the questions, by name.
    fixed: Mapping[str, Any]
    #: Which value goes where, for there they have no names.
    places: Sequence[str]

    def parameters(self, values: Mapping[str, Any]) -> tuple[Any, ...]:
        given = {**self.fixed, **values}
        return tuple([_bound(given[name]) for name in self.places])


def _bound(value: Any) -> Any:
    return orjson.dumps(value).decode() if isinstance(value, list) else value


@lru_cache(maxsize=256)
def _asked_at_once(questions: tuple[SelectBase, ...], dialect: Dialect) -> _Asked:
    answers = [question.subquery() for question in questions]
    arrays = [select(func.json_group_array(func.json_array(*rows.c))).scalar_subquery() for rows in answers]
    compiled = select(*arrays).compile(dialect=dialect)
    assert isinstance(compiled, SQLCompiler)
    return _Asked(str(compiled), compiled.params, compiled.positiontup or ())


def named(rows: Sequence[Row]) -> tuple[Names, list[Values]]:
    """Rows that name their columns as the names of the first, and the values in that order."""
    names = tuple(rows[0])
    return names, [tuple(row[name] for name in names) for row in rows]


def insert(connection: Connection, table: Table, names: Names, rows: Sequence[Values], *, ignore: bool = False) -> int:
    """Insert all rows; with ``ignore`` those whose key is there already are left. Gives how many went in."""
    return _insert(connection, table, names, rows, " ON CONFLICT DO NOTHING" if ignore else "")


def put(connection: Connection, table: Table, key: str, names: Names, rows: Sequence[Values]) -> None:
    """Insert rows, or set every named column of those whose ``key`` is there already."""
    sets = ", ".join(f'"{name}" = excluded."{name}"' for name in names if name != key)
    _insert(connection, table, names, rows, f' ON CONFLICT ("{key}") DO UPDATE SET {sets}')


def keep(connection: Connection, table: Table, key: str, value: str, pairs: Mapping[Any, Any]) -> None:
    """Insert rows of a key and a value, or set the value of those whose ``key`` is there already. One wording, however many
    they are: unlike what the road writes, no two groups of these are of one size.
    """
    _run_pairs(connection, _pairs_text(table, key, value, "", connection.dialect), pairs)


def tally(connection: Connection, table: Table, key: str, value: str, counts: Mapping[str, int]) -> None:
    """Insert rows of a key and a number, or add the number to that of the row whose ``key`` is there already."""
    _run_pairs(connection, _pairs_text(table, key, value, f'{table.name}."{value}" + ', connection.dialect), counts)


def _run_pairs(connection: Connection, statement: str, pairs: Mapping[Any, Any]) -> None:
    if connection.dialect.name == "sqlite":
        _run(connection, statement, (orjson.dumps(pairs, option=orjson.OPT_NON_STR_KEYS).decode(),))
    else:
        _run(connection, statement, (list(map(str, pairs)), list(map(str, pairs.values()))))


@lru_cache(maxsize=64)
def _pairs_text(table: Table, key: str, value: str, before: str, dialect: Dialect) -> str:
    given = "json_each(?)"
    if dialect.name != "sqlite":
        given = "unnest(CAST(%s AS TEXT[]), CAST(%s AS TEXT[])) AS given (key, value)"
    kinds = ((name, table.c[column].type.compile(dialect)) for name, column in (("key", key), ("value", value)))
    values = ", ".join(name if kind.startswith("TEXT") else f"CAST({name} AS {kind})" for name, kind in kinds)
    return (
        f"INSERT INTO {table.name} ({_quoted((key, value))}) SELECT {values} FROM {given} WHERE true "  # noqa: S608
        f'ON CONFLICT ("{key}") DO UPDATE SET "{value}" = {before}excluded."{value}"'
    )


def _insert(connection: Connection, table: Table, names: Names, rows: Sequence[Values], tail: str) -> int:
    count = 0
    for chunk in _chunks(rows, len(names)):
        statement = _insert_text(table.name, names, len(chunk), _mark(connection.dialect), tail)
        count += _run(connection, statement, tuple(chain.from_iterable(chunk))).rowcount
    return count


def update(connection: Connection, table: Table, names: Names, rows: Sequence[Values]) -> None:
    """Set every named column of the rows that are found by the first. What is the same in all of them is said once, for
    a database takes longer to carry a value to a row than to write it there.
    """
    for chunk in _chunks(rows, len(names)):
        keys, *columns = zip(*chunk, strict=True)
        same = tuple(column.count(column[0]) == len(chunk) for column in columns)
        statement = _update_text(table, names, same, len(chunk), connection.dialect)
        once = [column[0] for column in compress(columns, same)]
        apart = zip(keys, *(column for column, said in zip(columns, same, strict=True) if not said), strict=True)
        _run(connection, statement, (*once, *chain.from_iterable(apart)))


def _run(connection: Connection, statement: str, parameters: Any) -> Any:
    """Execute within the transaction that ``connection`` has begun; gives the driver's cursor."""
    driver: Any = connection.connection.dbapi_connection
    return driver.execute(statement, parameters)


def _chunks(rows: Sequence[Values], width: int) -> Iterator[Sequence[Values]]:
    size = _MAX_PARAMETERS // width
    for begin in range(0, len(rows), size):
        yield rows[begin : begin + size]


def _mark(dialect: Dialect) -> str:
    return "?" if dialect.name == "sqlite" else "%s"


@lru_cache(maxsize=1024)
def _insert_text(table: str, names: Names, count: int, mark: str, tail: str) -> str:
    row = f"({', '.join([mark] * len(names))})"
    return f"INSERT INTO {table} ({_quoted(names)}) VALUES {', '.join([row] * count)}{tail}"  # noqa: S608


@lru_cache(maxsize=1024)
def _update_text(table: Table, names: Names, same: tuple[bool, ...], count: int, dialect: Dialect) -> str:
    mark, (key, *others) = _mark(dialect), names
    apart = [key, *(name for name, said in zip(others, same, strict=True) if not said)]
    sets = [f'"{name}" = {mark}' for name in compress(others, same)]
    # Both databases call the columns of a list of values so.
    sets += [f'"{name}" = new.column{number}' for number, name in enumerate(apart[1:], 2)]
    first = f"({', '.join(f'CAST({mark} AS {table.c[name].type.compile(dialect)})' for name in apart)})"
    rows = [first, *[f"({', '.join([mark] * len(apart))})"] * (count - 1)]
    return (
        f"UPDATE {table.name} SET {', '.join(sets)} FROM (VALUES {', '.join(rows)}) AS new "  # noqa: S608
        f'WHERE {table.name}."{key}" = new.column1'
    )


def _quoted(names: Iterable[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)
