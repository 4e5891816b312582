"""What a restored journal holds back, and what may not be removed"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _words(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=False)


def _number(name: str, *, null: bool = False) -> sa.Column[int]:
    return sa.Column(name, _BIG, nullable=null)


def _seq() -> sa.Column[int]:
    return sa.Column("seq", _BIG, primary_key=True, autoincrement=True)


def upgrade() -> None:
    op.create_table(
        "recoveries",
        _seq(),
        _number("made_at"),
        _number("position"),
        _number("restored_at"),
        _words("by"),
        _number("doubted_at", null=True),
        _number("ended_at", null=True),
    )
    op.create_table(
        "restored",
        _words("copy"),
        _words("was"),
        _words("reason"),
        _number("until", null=True),
        sa.PrimaryKeyConstraint("copy", name="restored_copy"),
    )
    op.create_table(
        "recovered",
        _words("endpoint"),
        _number("at"),
        _words("by"),
        _words("reason"),
        sa.PrimaryKeyConstraint("endpoint", name="recovered_endpoint"),
    )
    op.create_table(
        "legal_holds",
        _seq(),
        _words("which"),
        _words("reason"),
        _words("by"),
        _number("at"),
        _number("ended_at", null=True),
        _words("ended_by"),
        _words("ended_reason"),
    )
    op.create_table(
        "legal_messages",
        _number("hold"),
        _words("message"),
        sa.PrimaryKeyConstraint("hold", "message", name="legal_messages_key"),
    )
    op.create_index("legal_messages_message", "legal_messages", ["message"])


def downgrade() -> None:
    for table in ("legal_messages", "legal_holds", "recovered", "restored", "recoveries"):
        op.drop_table(table)
