"""Migrations: a journal that was migrated has the tables the code speaks of, and no migration takes anything away."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from bus.journal.migrate import upgrade
from bus.journal.migrations import versions
from bus.journal.schema import metadata
from bus.journal.store import Store


@pytest.mark.parametrize("database", ["sqlite", "postgres"])
def test_migrations_make_what_the_code_speaks_of(database: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    """Every table, column and index, and nothing else."""
    url = request.getfixturevalue("postgres_url") if database == "postgres" else f"sqlite:///{tmp_path}/journal.db"
    store = Store(url)
    try:
        upgrade(store)
        with store.writer.connect() as connection:
            options = {"include_object": _is_ours} if store.is_sqlite else {}
            context = MigrationContext.configure(connection, opts=options)
            assert compare_metadata(context, metadata) == []
    finally:
        store.close()


def _is_ours(_what: object, name: str | None, *_more: object) -> bool:
    """SQLite keeps the index of words in tables of its own."""
    return not str(name).startswith("search_words")


def test_an_upgrade_only_adds() -> None:
    """The release before goes on working beside this one: nothing it knows is dropped or changed."""
    texts = [path.read_text(encoding="utf-8") for path in Path(versions.__path__[0]).glob("0*.py")]
    upgrades = [text[text.index("def upgrade") : text.index("def downgrade")] for text in texts]

    assert len(upgrades) > 1
    assert not [found for text in upgrades for found in re.findall(r"drop_\w+|alter_column|rename_\w+", text)]
