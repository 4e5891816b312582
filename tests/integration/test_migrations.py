"""Migrations: a journal that was migrated has the tables the code speaks of, and no migration takes anything away."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import select, text

from bus.journal.fingerprint import parsed, place_of
from bus.journal.migrate import upgrade
from bus.journal.migrations import versions
from bus.journal.schema import copies, metadata
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


@pytest.mark.parametrize("database", ["sqlite", "postgres"])
def test_what_had_failed_before_there_were_groups_falls_into_one(
    database: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """By its state and reason: a class that is still one, or somebody's words. What goes well, or is held by words, into none."""
    url = request.getfixturevalue("postgres_url") if database == "postgres" else f"sqlite:///{tmp_path}/journal.db"
    store = Store(url)
    try:
        upgrade(store, "0003")
        with store.writer.begin() as connection:
            for number, (state, reason, endpoint, born) in enumerate(_STOOD):
                connection.execute(text(_COPY), {"n": number, "s": state, "r": reason, "e": endpoint, "b": born})
        upgrade(store)
        with store.reading() as connection:
            found = connection.execute(select(copies.c.failed_as).order_by(copies.c.seq)).scalars().all()
    finally:
        store.close()

    assert found == list(_STOOD.values())
    assert all(place_of(group.class_) == group.place for group in map(parsed, filter(None, found)) if group)


_STOOD = {
    ("dead", "schema", "axis", "queued"): "axis/schema/-/answer",
    ("dead", "route.none", "", "dead"): "-/route.none/-/intake",
    ("dead", "cannot open it", "box", "offered"): "box/recipient_failed/-/mailbox",
    ("dead", "they told us", "axis", "queued"): "axis/operator/-/bus",
    ("waiting", "connect", "axis", "queued"): "axis/connect/-/connect",
    ("in_doubt", "partner_unsure", "axis", "queued"): "axis/partner_unsure/-/ask",
    ("held", "conflict", "axis", "held"): "axis/conflict/-/intake",
    ("held", "wrong annex", "axis", "queued"): None,
    ("queued", "connect", "axis", "queued"): None,
    ("delivered", "", "axis", "queued"): None,
    ("cancelled", "recalled", "axis", "queued"): None,
}
_COPY = """
INSERT INTO copies (id, message, recipient, part, kind, endpoint, delivery, rule, routes_version, body, lane, behind_dead,
    priority, born, state, reason, attempts, doubted, since, accepted_at, changed_at)
VALUES ('c' || :n, 'm' || :n, 'r', '', 'primary', :e, 'c' || :n, '', '', '', '', 0, 0, :b, :s, :r, 0, 0, 0, 0, 0)
"""


def test_an_upgrade_only_adds() -> None:
    """The release before goes on working beside this one: nothing it knows is dropped or changed."""
    texts = [path.read_text(encoding="utf-8") for path in Path(versions.__path__[0]).glob("0*.py")]
    upgrades = [text[text.index("def upgrade") : text.index("def downgrade")] for text in texts]

    assert len(upgrades) > 1
    assert not [found for text in upgrades for found in re.findall(r"drop_\w+|alter_column|rename_\w+", text)]
