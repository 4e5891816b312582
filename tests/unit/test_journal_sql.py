"""Questions that are put into words once, and what SQLite makes of them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, SelectBase, select

from bus.journal import lease, reads, schema, sql
from bus.journal.store import Store
from tests.journals import empty_journal

_CURSORS = schema.cursors.c
_COLUMNS = ("name", "position")
_NAMED = select(_CURSORS.name, _CURSORS.position).where(sql.Among(_CURSORS.name, "names")).order_by(_CURSORS.position)
#: What XML and JSON can hold, and our databases: no NUL, no half of a pair.
texts = st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]))


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[Connection]:
    (tmp_path / "journal.db").write_bytes(empty_journal())
    store = Store(f"sqlite:///{tmp_path / 'journal.db'}")
    with store.writer.connect() as connection:
        yield connection
    store.close()


@given(rows=st.dictionaries(texts, st.integers(0, 2**63 - 1), max_size=8), others=st.lists(texts, max_size=4))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
def test_whatever_was_put_is_found_by_its_texts_alone(
    connection: Connection, rows: dict[str, int], others: list[str]
) -> None:
    """Quotes, brackets, letters of any script come back as they went in, in the order asked for."""
    with connection.begin() as transaction:
        sql.put(connection, schema.cursors, "name", _COLUMNS, list(rows.items()))
        found = sql.ask(connection, _NAMED, names=[*rows, *others])
        transaction.rollback()

    assert dict(found) == rows
    assert [position for _, position in found] == sorted(rows.values())


def test_nothing_is_among_no_texts(connection: Connection) -> None:
    """An empty list is a question too."""
    with connection.begin():
        sql.put(connection, schema.cursors, "name", _COLUMNS, [("a", 1)])

        assert sql.ask(connection, _NAMED, names=[]) == []


def test_what_is_put_twice_is_as_it_was_put_last(connection: Connection) -> None:
    """And what was there besides is left."""
    with connection.begin():
        sql.put(connection, schema.cursors, "name", _COLUMNS, [("a", 1), ("b", 2)])
        sql.put(connection, schema.cursors, "name", _COLUMNS, [("a", 3), ("c", 4)])

        assert sql.ask(connection, _NAMED, names=["a", "b", "c"]) == [["b", 2], ["a", 3], ["c", 4]]


def test_a_row_may_name_its_columns_in_any_order(connection: Connection) -> None:
    """The first row says the order, and the others are put in it."""
    with connection.begin():
        sql.insert(connection, schema.cursors, *sql.named([{"name": "a", "position": 1}, {"position": 2, "name": "b"}]))

        assert sql.ask(connection, _NAMED, names=["a", "b"]) == [["a", 1], ["b", 2]]


@pytest.mark.parametrize(
    ("question", "index"),
    [(lease._LEASABLE, "copies_lane"), (reads._QUEUED, "copies_lane"), (reads._QUEUED, "copies_queued")],
)
def test_sqlite_plans_the_road_once(connection: Connection, question: SelectBase, index: str) -> None:
    """The index over some rows is found in the words alone: for a bound value each question would be planned anew."""
    asked = sql._asked_at_once((question,), connection.dialect)
    nothing = (None,) * len(asked.places or ())
    plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {asked.text}", nothing).all()

    assert any(f"USING INDEX {index}" in row.detail or f"COVERING INDEX {index}" in row.detail for row in plan)
