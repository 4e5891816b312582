"""Brings a journal's tables to this release. A migration works with the release before it (semantics 13)."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import Connection

from bus.errors import BusError
from bus.journal.store import Store

_FOLDER = Path(__file__).parent / "migrations"


class TablesUnknown(BusError):
    """The tables are of a release that this one does not know."""


def upgrade(store: Store, to: str = "head") -> None:
    """Create or migrate the tables, to this release's or those of a revision. Does nothing where they are as they should be.

    Raises TablesUnknown.
    """
    with store.writer.connect() as connection:
        bring(connection, to)
        connection.commit()


def bring(connection: Connection, to: str = "head") -> None:
    """The same over one connection; in its transaction, if it has one under way."""
    config = Config()
    config.set_main_option("script_location", str(_FOLDER))
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, to)
    except CommandError as error:
        raise TablesUnknown(
            "the tables of the journal are of a newer release of the bus: work on them with that"
        ) from error
