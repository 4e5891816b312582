"""Directories, turns, and what an added hop made of a body"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("attempts", sa.Column("sent_sha256", sa.Text(), nullable=True))
    op.create_table(
        "agencies",
        sa.Column("endpoint", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("old_code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("plain", sa.Text(), nullable=False),
        sa.Column("parent", sa.Text(), nullable=False),
        sa.Column("mail", sa.Text(), nullable=False),
        sa.Column("closed", _BIG, nullable=False),
        sa.PrimaryKeyConstraint("endpoint", "code", name="agencies_key"),
    )
    op.create_table(
        "agency_lists",
        sa.Column("endpoint", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("count", _BIG, nullable=False),
        sa.Column("refreshed_at", _BIG, nullable=False),
        sa.Column("changed_at", _BIG, nullable=False),
        sa.PrimaryKeyConstraint("endpoint", name="agency_lists_key"),
    )
    op.create_table(
        "leases",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("holder", sa.Text(), nullable=False),
        sa.Column("until", _BIG, nullable=False),
        sa.PrimaryKeyConstraint("name", name="leases_name"),
    )


def downgrade() -> None:
    op.drop_table("leases")
    op.drop_table("agency_lists")
    op.drop_table("agencies")
    op.drop_column("attempts", "sent_sha256")
