"""What must arrive by when"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_TABLE = "expectations"


def upgrade() -> None:
    texts = ("id", "rule", "kind", "who", "asker", "key", "message", "office", "name", "closed_by", "outcome")
    op.create_table(
        _TABLE,
        *(sa.Column(name, sa.Text(), nullable=False) for name in texts),
        *(sa.Column(name, _BIG, nullable=True) for name in ("opened_at", "due_at", "closed_at", "remind_at")),
        *(sa.Column(name, _BIG, nullable=False) for name in ("version", "returned", "reminders")),
        sa.PrimaryKeyConstraint("id", name="expectations_id"),
    )
    _live("expectations_due", "closed_at IS NULL AND due_at IS NOT NULL", "rule", "due_at")
    _live("expectations_key", "closed_at IS NULL", "key")
    _live("expectations_remind", "remind_at IS NOT NULL", "remind_at")
    op.create_index("expectations_closed", _TABLE, ["closed_at"])


def _live(name: str, where: str, *columns: str) -> None:
    op.create_index(name, _TABLE, list(columns), sqlite_where=sa.text(where), postgresql_where=sa.text(where))


def downgrade() -> None:
    op.drop_table(_TABLE)
