"""Brings a journal's tables to this release. A migration works with the release before it (semantics 13)."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection

from bus.journal.store import Store

_FOLDER = Path(__file__).parent / "migrations"


def upgrade(store: Store, to: str = "head") -> None:
    """Create or migrate the tables, to this release's or those of a revision. Does nothing where they are as they should be."""
    with store.writer.connect() as connection:
        bring(connection, to)
        connection.commit()


def bring(connection: Connection, to: str = "head") -> None:
    """The same over one connection; in its transaction, if it has one under way."""
    config = Config()
    config.set_main_option("script_location", str(_FOLDER))
    config.attributes["connection"] = connection
    command.upgrade(config, to)
