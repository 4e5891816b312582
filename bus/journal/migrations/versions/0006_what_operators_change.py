"""What operators change: a chained audit, and versions of bodies, what goes without a dead one, and standing holds"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_AUDIT = ("reason", "before", "after", "previous", "hash")


def upgrade() -> None:
    for name in _AUDIT:
        op.add_column("audit", sa.Column(name, sa.Text(), nullable=True))
    op.add_column("copies", sa.Column("skipped", _BIG, nullable=True))
    op.create_table(
        "edits",
        sa.Column("seq", _BIG, autoincrement=True, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("copy", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("sha_before", sa.Text(), nullable=False),
        sa.Column("sha_after", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("approved_by", sa.Text(), nullable=True),
        sa.Column("at", _BIG, nullable=False),
        sa.Column("decided_at", _BIG, nullable=True),
        sa.PrimaryKeyConstraint("seq"),
        sa.UniqueConstraint("id", name="edits_id"),
    )
    op.create_index("edits_copy", "edits", ["copy"])
    op.create_index("edits_message", "edits", ["message"])
    op.create_table(
        "holds",
        sa.Column("seq", _BIG, autoincrement=True, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("sender", sa.Text(), nullable=False),
        sa.Column("endpoint", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", _BIG, nullable=False),
        sa.Column("lifted_by", sa.Text(), nullable=True),
        sa.Column("lifted_at", _BIG, nullable=True),
        sa.PrimaryKeyConstraint("seq"),
        sa.UniqueConstraint("id", name="holds_id"),
    )
    standing = sa.text("lifted_at IS NULL")
    op.create_index("holds_standing", "holds", ["seq"], sqlite_where=standing, postgresql_where=standing)


def downgrade() -> None:
    op.drop_table("holds")
    op.drop_table("edits")
    op.drop_column("copies", "skipped")
    for name in reversed(_AUDIT):
        op.drop_column("audit", name)
