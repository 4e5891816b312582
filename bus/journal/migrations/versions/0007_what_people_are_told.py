"""What people are told: alerts that go on, letters on their way, who will not hear of it, statements of a day"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_DUE = sa.text("until IS NOT NULL")


def upgrade() -> None:
    op.create_table(
        "alerts",
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("thing", sa.Text(), nullable=False),
        sa.Column("since", _BIG, nullable=False),
        sa.Column("told_at", _BIG, nullable=True),
        sa.Column("gone_at", _BIG, nullable=True),
        sa.PrimaryKeyConstraint("rule", "thing", name="alerts_key"),
    )
    op.create_table(
        "alert_letters",
        sa.Column("seq", _BIG, autoincrement=True, nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("key", "channel", "rule", "kind", "subject", "text")),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("file_name", "file")),
        sa.Column("made_at", _BIG, nullable=False),
        sa.Column("until", _BIG, nullable=True),
        sa.Column("attempts", _BIG, nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("outcome", "words")),
        sa.PrimaryKeyConstraint("seq"),
        sa.UniqueConstraint("key", name="alert_letters_key"),
    )
    op.create_index(
        "alert_letters_due", "alert_letters", ["channel", "until"], sqlite_where=_DUE, postgresql_where=_DUE
    )
    op.create_index("alert_letters_time", "alert_letters", ["made_at"])
    op.create_table(
        "alert_snoozes",
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("until", _BIG, nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", _BIG, nullable=False),
        sa.PrimaryKeyConstraint("rule", name="alert_snoozes_rule"),
    )
    op.create_table(
        "alert_heard",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("at", _BIG, nullable=False),
        sa.PrimaryKeyConstraint("source", name="alert_heard_source"),
    )
    op.create_table(
        "statements",
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("name", "day", "agency")),
        sa.Column("at", _BIG, nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", "day", "agency", name="statements_key"),
    )


def downgrade() -> None:
    for table in ("statements", "alert_heard", "alert_snoozes", "alert_letters", "alerts"):
        op.drop_table(table)
