"""What is waived, who sent in whose place, and periods that are open again"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_WORDS = ("waived_by", "waived_reason", "stand_ins")
_WAIVED = sa.text("waived_at IS NOT NULL")


def upgrade() -> None:
    op.add_column("expectations", sa.Column("waived_at", _BIG, nullable=True))
    for name in _WORDS:
        op.add_column("expectations", sa.Column(name, sa.Text(), nullable=True))
    op.create_index(
        "expectations_waived", "expectations", ["waived_at"], sqlite_where=_WAIVED, postgresql_where=_WAIVED
    )
    op.add_column("aggregate_parts", sa.Column("came_at", _BIG, nullable=False, server_default="0"))
    words = ("id", "regime", "period", "unit", "by", "reason")
    op.create_table(
        "reopened_periods",
        *(sa.Column(name, sa.Text(), nullable=False) for name in words),
        sa.Column("at", _BIG, nullable=False),
        sa.Column("until", _BIG, nullable=True),
        sa.PrimaryKeyConstraint("id", name="reopened_periods_id"),
    )


def downgrade() -> None:
    op.drop_column("aggregate_parts", "came_at")
    op.drop_table("reopened_periods")
    op.drop_index("expectations_waived", "expectations")
    for name in ("waived_at", *_WORDS):
        op.drop_column("expectations", name)
