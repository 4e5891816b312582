"""The journal's database: one writing connection, and readers that cannot write.

SQLite runs in WAL with ``synchronous=FULL``: a commit that returned is on disk. Readers open the file
read-only and keep no transaction between questions, so checkpoints are never held up.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.pool import QueuePool, StaticPool

from bus.errors import JournalDown
from bus.journal.health import Health

#: Before this release WAL could be damaged by two writers or checkpointers at once. The bus has one of each; a
#: shell or a backup tool on the same file would be the second.
_SAFE_SQLITE = (3, 51, 3)
#: Statements the writer keeps ready: a group of each size has its own, and to read one anew takes longer than to run it.
_STATEMENTS = 512
#: Seconds within which a PostgreSQL server has to answer a new connection.
_CONNECT = 10


class Store:
    """Opens connections to one journal. ``url`` is a SQLAlchemy URL of SQLite or PostgreSQL."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.is_sqlite = url.startswith("sqlite")
        self.health = Health()
        self._writer = _sqlite_writer(url) if self.is_sqlite else _postgres(url, size=1)
        self._reader = _sqlite_reader(url) if self.is_sqlite else _postgres(url, size=8)

    @property
    def writer(self) -> Engine:
        """The engine whose only connection writes; the committer's, and Alembic's before it starts."""
        return self._writer

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection to ask with; each question sees what is committed when it is asked. Raises JournalDown."""
        try:
            with self._reader.connect() as connection:
                yield connection
        except Exception as error:
            if reason := self.health.failed(error):
                raise JournalDown(f"the journal cannot be read: {reason}") from error
            raise

    @contextmanager
    def snapshot(self) -> Iterator[Connection]:
        """One moment of the journal for several questions. To be given back soon: what is written meanwhile piles up."""
        begin = "BEGIN" if self.is_sqlite else "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
        with self.reading() as connection:
            connection.exec_driver_sql(begin)
            try:
                yield connection
            finally:
                connection.exec_driver_sql("ROLLBACK")

    def mend(self, connection: Connection) -> None:
        """Have a writing connection that failed made anew; SQLite's outlives whatever happens to its disk."""
        if not self.is_sqlite:
            connection.invalidate()

    def ended(self, connection: Connection) -> bool:
        """Whether a failure has ended the whole transaction, not only its statement (https://sqlite.org/lang_transaction.html)."""
        raw = connection.connection.dbapi_connection
        return isinstance(raw, sqlite3.Connection) and not raw.in_transaction

    def close(self) -> None:
        """Let go of all connections; may be called twice."""
        self._reader.dispose()
        self._writer.dispose()


def sqlite_warnings() -> list[str]:
    """What is to be said about the SQLite library of this machine."""
    if sqlite3.sqlite_version_info >= _SAFE_SQLITE:
        return []
    safe = ".".join(map(str, _SAFE_SQLITE))
    fault = f"SQLite {sqlite3.sqlite_version} has a known fault where two processes write or checkpoint one file"
    return [f"{fault} (mended in {safe}): open the journal with nothing but bus while it runs, or use PostgreSQL"]


def _sqlite_writer(url: str) -> Engine:
    engine = create_engine(
        url,
        poolclass=StaticPool,
        connect_args={"check_same_thread": False, "isolation_level": None, "cached_statements": _STATEMENTS},
    )
    _on_connect(
        engine,
        "PRAGMA journal_mode=WAL",
        "PRAGMA synchronous=FULL",
        "PRAGMA busy_timeout=10000",
        "PRAGMA cache_size=-65536",
        "PRAGMA wal_autocheckpoint=4000",
    )
    event.listen(engine, "begin", _begin)
    return engine


def _begin(connection: Connection) -> None:
    """Begin to write. What a commit that failed has left open is over first, or nothing could be written any more."""
    raw = connection.connection.dbapi_connection
    assert isinstance(raw, sqlite3.Connection)
    if raw.in_transaction:
        raw.rollback()
    raw.execute("BEGIN IMMEDIATE")


def _sqlite_reader(url: str) -> Engine:
    path = Path(url.removeprefix("sqlite:///"))

    def connect() -> sqlite3.Connection:
        return sqlite3.connect(
            f"{path.absolute().as_uri()}?mode=ro", uri=True, check_same_thread=False, isolation_level=None
        )

    engine = create_engine("sqlite://", creator=connect, poolclass=QueuePool, pool_size=8, max_overflow=64)
    _on_connect(engine, "PRAGMA query_only=ON", "PRAGMA busy_timeout=10000")
    return engine


def _on_connect(engine: Engine, *pragmas: str) -> None:
    def prepare(connection: Any, _record: object) -> None:
        for pragma in pragmas:
            connection.execute(pragma)

    event.listen(engine, "connect", prepare)


def _postgres(url: str, *, size: int) -> Engine:
    address = url.replace("postgresql://", "postgresql+psycopg://", 1)
    level = "READ COMMITTED" if size == 1 else "AUTOCOMMIT"
    return create_engine(
        address,
        pool_size=size,
        max_overflow=64,
        pool_pre_ping=True,
        isolation_level=level,
        connect_args={"connect_timeout": _CONNECT},
    )
