"""Nonces of tokens, each remembered for as long as its token is good"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "nonces",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("until", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("name", name="nonces_name"),
    )
    op.create_index("nonces_time", "nonces", ["until"])


def downgrade() -> None:
    op.drop_table("nonces")
