"""Reports that are made of others"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    _table(
        "aggregates",
        *_words("id", "rule", "regime", "form", "period", "unit"),
        *_numbers("changes", "upto", "version"),
        *_words("released", "released_by", "problem"),
        *_numbers("changed_at"),
    )
    _live("aggregates_stale", "aggregates", "changes <> upto")
    op.create_index("aggregates_changed", "aggregates", ["changed_at"])
    parts = (*_words("id", "aggregate", "unit", "message"), *_numbers("version", "returned"))
    _table("aggregate_parts", *parts)
    op.create_index("aggregate_parts_of", "aggregate_parts", ["aggregate"])
    made = (*_numbers("version"), *_words("said", "message"), *_numbers("made_at", null=True))
    _table("aggregate_versions", *_words("id", "aggregate"), *made)
    op.create_index("aggregate_versions_of", "aggregate_versions", ["aggregate", "version"])
    _live("aggregate_versions_under_way", "aggregate_versions", "message = ''")


def _table(name: str, *columns: sa.Column[object]) -> None:
    op.create_table(name, *columns, sa.PrimaryKeyConstraint("id", name=f"{name}_id"))


def _words(*names: str) -> list[sa.Column[object]]:
    return [sa.Column(name, sa.Text(), nullable=False) for name in names]


def _numbers(*names: str, null: bool = False) -> list[sa.Column[object]]:
    return [sa.Column(name, _BIG, nullable=null) for name in names]


def _live(name: str, table: str, where: str) -> None:
    op.create_index(name, table, ["id"], sqlite_where=sa.text(where), postgresql_where=sa.text(where))


def downgrade() -> None:
    for name in ("aggregate_versions", "aggregate_parts", "aggregates"):
        op.drop_table(name)
