"""Groups of failures: what a copy failed as, the partner's own code, what people keep of a group, why a breaker opened"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_FAILED = sa.text("state IN ('waiting', 'held', 'in_doubt', 'dead')")
#: Where something of a class fails, as the release that brings the groups has it; all other reasons are people's words.
_PLACES = {
    "answer": (
        "timeout_after_send", "auth", "quota", "server_fault", "client_fault", "schema", "business_reject", "duplicate",
    ),
    "connect": ("connect",),
    "tls": ("tls",),
    "send": ("timeout_before_send",),
    "intake": (
        "route.none", "recipient.closed", "recipient.unknown", "body.too_large", "not_your_document", "conflict", "loop",
    ),
    "mailbox": ("recipient_failed",),
    "ask": ("partner_unsure",),
    "bus": ("horizon", "lease_ended", "stopped"),
}  # fmt: skip
_NAME = sa.text(
    "UPDATE copies SET failed_as = CASE endpoint WHEN '' THEN '-' ELSE endpoint END || :rest "
    "WHERE state IN ('waiting', 'held', 'in_doubt', 'dead') AND reason = :reason"
)
_DEAD_BY_WORDS = sa.text(
    "UPDATE copies SET failed_as = CASE endpoint WHEN '' THEN '-' ELSE endpoint END || "
    "CASE born WHEN 'offered' THEN '/recipient_failed/-/mailbox' ELSE '/operator/-/bus' END "
    "WHERE state IN ('waiting', 'held', 'in_doubt', 'dead') AND state = 'dead' AND failed_as IS NULL"
)


def upgrade() -> None:
    op.add_column("copies", sa.Column("failed_as", sa.Text(), nullable=True))
    op.add_column("attempts", sa.Column("code", sa.Text(), nullable=True))
    for column in (
        sa.Column("opened_for", sa.Text(), nullable=True),
        sa.Column("opened_words", sa.Text(), nullable=True),
        sa.Column("opened_at", _BIG, nullable=True),
    ):
        op.add_column("endpoints", column)
    columns = ["failed_as", "seq", "state", "since", "changed_at"]
    op.create_index("copies_failed", "copies", columns, sqlite_where=_FAILED, postgresql_where=_FAILED)
    op.create_table(
        "failure_groups",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("ticket", sa.Text(), nullable=False),
        sa.Column("snoozed_until", _BIG, nullable=True),
        sa.Column("changed_by", sa.Text(), nullable=False),
        sa.Column("changed_at", _BIG, nullable=False),
        sa.PrimaryKeyConstraint("name", name="failure_groups_name"),
    )
    op.create_table(
        "group_notes",
        sa.Column("seq", _BIG, autoincrement=True, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("at", _BIG, nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("seq"),
    )
    op.create_index("group_notes_name", "group_notes", ["name"])
    for place, classes in _PLACES.items():
        for class_ in classes:
            op.get_bind().execute(_NAME, {"rest": f"/{class_}/-/{place}", "reason": class_})
    op.get_bind().execute(_DEAD_BY_WORDS)


def downgrade() -> None:
    op.drop_table("group_notes")
    op.drop_table("failure_groups")
    op.drop_index("copies_failed", "copies")
    for name in ("opened_at", "opened_words", "opened_for"):
        op.drop_column("endpoints", name)
    op.drop_column("attempts", "code")
    op.drop_column("copies", "failed_as")
