"""What people look for: an index by words that is fed from the events, and what went aside by state"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TSVECTOR

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_ASIDE = sa.text("state IN ('held', 'dead', 'cancelled', 'expired')")
# The writer merges what it has added a little at a time (bus.journal.index), never much at once.
_WORDS = """
CREATE VIRTUAL TABLE search_words USING fts5(
    words, content='search', content_rowid='seq', detail=none, columnsize=0, tokenize="ascii tokenchars '='"
)
"""
_ONCE = (
    "INSERT INTO search_words (search_words, rank) VALUES ('automerge', 0)",
    "INSERT INTO search_words (search_words, rank) VALUES ('crisismerge', 500)",
)
_GONE = "INSERT INTO search_words (search_words, rowid, words) VALUES ('delete', old.seq, old.words)"
_COME = "INSERT INTO search_words (rowid, words) VALUES (new.seq, new.words)"
_KEPT = (
    f"CREATE TRIGGER search_come AFTER INSERT ON search BEGIN {_COME}; END",
    f"CREATE TRIGGER search_gone AFTER DELETE ON search BEGIN {_GONE}; END",
    f"CREATE TRIGGER search_changed AFTER UPDATE ON search BEGIN {_GONE}; {_COME}; END",
)


def upgrade() -> None:
    op.create_index("copies_aside", "copies", ["state", "seq"], sqlite_where=_ASIDE, postgresql_where=_ASIDE)
    op.create_table(
        "search",
        sa.Column("seq", _BIG, autoincrement=False, nullable=False),
        sa.Column("words", sa.Text().with_variant(TSVECTOR(), "postgresql"), nullable=False),
        sa.PrimaryKeyConstraint("seq"),
    )
    op.create_table(
        "search_vocabulary",
        sa.Column("word", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False),
        sa.Column("copies", _BIG, nullable=False),
        sa.PrimaryKeyConstraint("word", name="search_vocabulary_word"),
    )
    op.create_table(
        "search_times",
        sa.Column("block", _BIG, autoincrement=False, nullable=False),
        sa.Column("first_at", _BIG, nullable=False),
        sa.Column("last_at", _BIG, nullable=False),
        sa.PrimaryKeyConstraint("block"),
    )
    if op.get_bind().dialect.name == "postgresql":
        op.create_index("search_words", "search", ["words"], postgresql_using="gin")
    else:
        for statement in (_WORDS, *_ONCE, *_KEPT):
            op.execute(statement)


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TABLE search_words")
    op.drop_table("search_times")
    op.drop_table("search_vocabulary")
    op.drop_table("search")
    op.drop_index("copies_aside", "copies")
