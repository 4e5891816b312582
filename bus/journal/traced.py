"""Tells of every statement of this process's journals: for measurements, at a cost that no running bus should bear."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

from sqlalchemy import Engine, event


def on_statement(tell: Callable[[str], None]) -> None:
    """Have each statement told, on all connections that are opened from now on. Only SQLite tells of its statements."""

    def prepare(connection: object, _record: object) -> None:
        if isinstance(connection, sqlite3.Connection):
            connection.set_trace_callback(tell)

    event.listen(Engine, "connect", prepare)
