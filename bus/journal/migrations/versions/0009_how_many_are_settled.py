"""How many copies are settled for good, counted beside the work from then on; and what went aside by reason"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_ASIDE = sa.text("state IN ('held', 'dead', 'cancelled', 'expired')")
_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_index(
        "copies_reasons", "copies", ["reason", "state", "seq"], sqlite_where=_ASIDE, postgresql_where=_ASIDE
    )
    op.create_table(
        "copy_sums",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("count", _BIG, nullable=False),
        sa.PrimaryKeyConstraint("name", name="copy_sums_name"),
    )
    op.create_table(
        "copies_summed",
        sa.Column("block", _BIG, autoincrement=False, nullable=False),
        sa.Column("bits", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("block"),
    )


def downgrade() -> None:
    op.drop_table("copies_summed")
    op.drop_table("copy_sums")
    op.drop_index("copies_reasons", "copies")
