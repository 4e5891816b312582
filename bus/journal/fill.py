"""Settled messages by the million, for measurements: rows as retention leaves them, without bodies, events or attempts, found
and counted like all others.

Put straight into the tables of a journal that nobody else has open; the account stays valid. A power cut meanwhile may
cost the journal: it is no journal of anybody.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Table, delete, func, select

from bus.clock import instant
from bus.journal import index, schema, sums
from bus.journal.copy import Copy
from bus.journal.event import Event
from bus.journal.filling import Filling
from bus.journal.index import Grown
from bus.journal.store import Store
from bus.journal.sums import Summed
from bus.journal.tx import Tx

#: Messages of one transaction.
_AT_ONCE = 50_000
#: Copies of one transaction that are put into the index.
_FOUND = 5000
_SIZE = 20_000

_EVENTS, _COPIES = Event._fields, Copy._fields
_BODIES = ("sha256", "size", "data", "kept", "added_at")


def fill(store: Store, filling: Filling, count: int) -> Iterator[int]:
    """Put so many messages in; tells how many are in after each transaction."""
    with store.writer.connect() as connection, _fast(store, connection):
        for first in range(0, count, _AT_ONCE):
            last = min(first + _AT_ONCE, count)
            with connection.begin():
                _write(connection, [filling.message(number / count) for number in range(first, last)])
            yield last


def follow(store: Store) -> Iterator[int]:
    """Make index and sums anew for all there is; tells how many copies are in the index after each transaction."""
    with store.writer.connect() as connection, _fast(store, connection):
        _start_over(connection)
        done, more = 0, True
        while more:
            grown, summed = _portion(connection)
            done, more = done + grown.older, any((grown.events, grown.older, *summed))
            yield done


def filled(store: Store) -> int:
    """How many messages there are."""
    with store.reading() as connection:
        return int(connection.execute(select(func.count()).select_from(schema.messages)).scalar_one())


def indexed(store: Store) -> bool:
    """Whether every copy is in the index: its cursors do not know what was put in behind them."""
    copies, found = (select(func.count()).select_from(table) for table in (schema.copies, schema.search))
    with store.reading() as connection:
        return connection.execute(copies).scalar_one() == connection.execute(found).scalar_one()


@contextmanager
def _fast(store: Store, connection: Connection) -> Iterator[None]:
    """Without waiting for the disk, as long as it takes."""
    if not store.is_sqlite:
        yield
        return
    driver: Any = connection.connection.dbapi_connection
    driver.execute("PRAGMA synchronous=OFF")
    driver.execute("PRAGMA cache_size=-524288")
    try:
        yield
    finally:
        driver.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        driver.execute("PRAGMA cache_size=-65536")
        driver.execute("PRAGMA synchronous=FULL")


def _write(connection: Connection, rows: Sequence[tuple[Event, Copy]]) -> None:
    # In the order of the index: as hashes they lie all over it, and each would be another page.
    bodies = sorted((event.body, _SIZE, None, 0, event.accepted_at) for event, _ in rows)
    _put(connection, schema.messages, _EVENTS, [event for event, _ in rows])
    _put(connection, schema.bodies, _BODIES, bodies)
    _put(connection, schema.copies, _COPIES, [copy for _, copy in rows])
    days = Counter((instant(copy.accepted_at).date().isoformat(), copy.rule, copy.state) for _, copy in rows)
    _sum_up(connection, [(*of, count) for of, count in sorted(days.items())])


def _start_over(connection: Connection) -> None:
    """Forget what was counted, and that anything is in the index: what is put in twice is there once."""
    with connection.begin():
        for table in (schema.copy_sums, schema.copies_summed):
            connection.execute(delete(table))
        names = (index.NEW, index.OLD, sums.NEW, sums.OLD)
        connection.execute(delete(schema.cursors).where(schema.cursors.c.name.in_(names)))
    _portion(connection)


def _portion(connection: Connection) -> tuple[Grown, Summed]:
    with connection.begin():
        tx = Tx(connection, 0)
        (grown,), (summed,) = index.grow(tx, [_FOUND]), sums.sum_up(tx, [_AT_ONCE])
    assert isinstance(grown, Grown)
    assert isinstance(summed, Summed)
    return grown, summed


def _put(connection: Connection, table: Table, names: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Rows by the fastest way the driver has."""
    driver: Any = connection.connection.dbapi_connection
    columns = ", ".join(f'"{name}"' for name in names)
    if connection.dialect.name == "sqlite":
        driver.executemany(f"INSERT INTO {table.name} ({columns}) VALUES ({', '.join('?' * len(names))})", rows)  # noqa: S608
        return
    with driver.cursor() as cursor, cursor.copy(f"COPY {table.name} ({columns}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


def _sum_up(connection: Connection, rows: Sequence[tuple[Any, ...]]) -> None:
    """As retention does with what it removes."""
    driver: Any = connection.connection.dbapi_connection
    mark = "?" if connection.dialect.name == "sqlite" else "%s"
    driver.cursor().executemany(
        f'INSERT INTO day_sums ("day", "rule", "state", "count") VALUES ({mark}, {mark}, {mark}, {mark}) '  # noqa: S608
        'ON CONFLICT ("day", "rule", "state") DO UPDATE SET "count" = day_sums."count" + excluded."count"',
        rows,
    )
