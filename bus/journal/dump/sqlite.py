"""A SQLite journal as one file: copied page by page inside one read transaction, which holds up no writer."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy import Connection

from bus.journal.dump.facts import DumpBroken, Tell

FILE = "journal.db"
#: Pages between two signs of life.
_PAGES = 2048


def dump(connection: Connection, folder: Path, tell: Tell) -> None:
    """Write the journal as this read transaction sees it. Raises DumpBroken."""
    source = connection.connection.dbapi_connection
    assert isinstance(source, sqlite3.Connection)
    try:
        _copy(source, folder, tell)
    except sqlite3.Error as error:
        raise DumpBroken(f"the journal cannot be written to {folder}: {error}") from error


def _copy(source: sqlite3.Connection, folder: Path, tell: Tell) -> None:
    with closing(sqlite3.connect(folder / FILE, isolation_level=None)) as target:
        target.execute("PRAGMA synchronous=OFF")  # whoever asked for it syncs the whole file
        source.backup(target, pages=_PAGES, progress=lambda _status, left, total: tell(total - left, total))
        target.execute("PRAGMA journal_mode=DELETE")  # one file, which can be read where nothing can be written


def problems(folder: Path, position: int) -> list[str]:
    """What is wrong with a dump; nothing is written."""
    try:
        with closing(sqlite3.connect(_read_only(folder), uri=True)) as connection:
            found = [str(row[0]) for row in connection.execute("PRAGMA integrity_check(10)")]
            last = connection.execute("SELECT coalesce(max(seq), 0) FROM events").fetchone()[0]
    except sqlite3.Error as error:
        return [f"{FILE} cannot be read: {error}"]
    wrong = [] if last <= position else [f"{FILE} goes on to event {last}, the manifest says {position}"]
    return [*(f"{FILE}: {text}" for text in found if text != "ok"), *wrong]


def load(folder: Path, target: Path) -> None:
    """Have a copy of the dump where a journal is to be. Raises DumpBroken."""
    if target.exists():
        raise DumpBroken(f"there is a journal at {target}: nothing is written over one")
    uri = _read_only(folder)
    try:
        with closing(sqlite3.connect(uri, uri=True)) as source, closing(sqlite3.connect(target)) as made:
            source.backup(made)
    except sqlite3.Error as error:
        raise DumpBroken(f"the journal cannot be written to {target}: {error}") from error


def _read_only(folder: Path) -> str:
    """The dump's file, beside which nothing is written either."""
    return f"{(folder / FILE).absolute().as_uri()}?mode=ro&immutable=1"
