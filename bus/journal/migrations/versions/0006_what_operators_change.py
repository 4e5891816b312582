"""What operators change: a chained audit"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0003"
branch_labels = None
depends_on = None

_AUDIT = ("reason", "before", "after", "previous", "hash")


def upgrade() -> None:
    for name in _AUDIT:
        op.add_column("audit", sa.Column(name, sa.Text(), nullable=True))


def downgrade() -> None:
    for name in reversed(_AUDIT):
        op.drop_column("audit", name)
