"""Replays as plans: what is to be sent again, and what became of each copy"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_INDEXES = (
    ("replay_items_once", ["copy"], "outcome = ''"),
    ("replay_items_planned", ["replay", "endpoint", "place"], "outcome = '' AND released_at IS NULL"),
    ("replay_items_out", ["replay", "endpoint"], "outcome = '' AND released_at IS NOT NULL"),
    ("replay_items_ended", ["replay", "ended_at"], "outcome <> ''"),
)


def upgrade() -> None:
    op.create_table(
        "replays",
        sa.Column("seq", _BIG, autoincrement=True, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("verb", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("asked", sa.Text(), nullable=False),
        sa.Column("canary", _BIG, nullable=False),
        sa.Column("ask", _BIG, nullable=False),
        sa.Column("rate", _BIG, nullable=False),
        sa.Column("ramp", _BIG, nullable=False),
        sa.Column("stop_at", _BIG, nullable=False),
        sa.Column("late", _BIG, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("proven", _BIG, nullable=False),
        sa.Column("said_by", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("run", _BIG, nullable=False),
        sa.Column("since", _BIG, nullable=False),
        sa.Column("created_at", _BIG, nullable=False),
        sa.Column("changed_at", _BIG, nullable=False),
        sa.Column("ended_at", _BIG, nullable=True),
        sa.PrimaryKeyConstraint("seq"),
        sa.UniqueConstraint("id", name="replays_id"),
    )
    _partial("replays_open", "replays", ["seq"], "ended_at IS NULL")
    op.create_table(
        "replay_items",
        sa.Column("seq", _BIG, autoincrement=True, nullable=False),
        sa.Column("replay", sa.Text(), nullable=False),
        sa.Column("place", _BIG, nullable=False),
        sa.Column("copy", sa.Text(), nullable=False),
        sa.Column("endpoint", sa.Text(), nullable=False),
        sa.Column("sent", sa.Text(), nullable=False),
        sa.Column("run", _BIG, nullable=False),
        sa.Column("released_at", _BIG, nullable=True),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("ended_at", _BIG, nullable=True),
        sa.PrimaryKeyConstraint("seq"),
        sa.UniqueConstraint("replay", "place", name="replay_items_place"),
    )
    for name, columns, where in _INDEXES:
        _partial(name, "replay_items", columns, where, unique=name == "replay_items_once")


def _partial(name: str, table: str, columns: list[str], where: str, *, unique: bool = False) -> None:
    condition = sa.text(where)
    op.create_index(name, table, columns, unique=unique, sqlite_where=condition, postgresql_where=condition)


def downgrade() -> None:
    op.drop_table("replay_items")
    op.drop_table("replays")
