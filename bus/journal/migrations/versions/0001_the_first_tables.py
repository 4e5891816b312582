"""The first tables"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "attempts",
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("copy", sa.Text(), nullable=False),
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("failure", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("call_remote_id", sa.Text(), nullable=True),
        sa.Column("began_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ended_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("seq"),
    )
    with op.batch_alter_table("attempts", schema=None) as batch_op:
        batch_op.create_index("attempts_copy", ["copy"], unique=False)
        batch_op.create_index(
            "attempts_remote",
            ["call_remote_id"],
            unique=False,
            sqlite_where=sa.text("call_remote_id IS NOT NULL"),
            postgresql_where=sa.text("call_remote_id IS NOT NULL"),
        )

    op.create_table(
        "audit",
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("seq"),
    )
    op.create_table(
        "bodies",
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=True),
        sa.Column("kept", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("added_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name="bodies_sha256"),
    )
    with op.batch_alter_table("bodies", schema=None) as batch_op:
        batch_op.create_index("bodies_time", ["added_at"], unique=False)

    op.create_table(
        "calls",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("key", name="calls_key"),
    )
    with op.batch_alter_table("calls", schema=None) as batch_op:
        batch_op.create_index("calls_time", ["at"], unique=False)

    op.create_table(
        "copies",
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("part", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("of_copy", sa.Text(), nullable=True),
        sa.Column("endpoint", sa.Text(), nullable=False),
        sa.Column("delivery", sa.Text(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("routes_version", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("lane", sa.Text(), nullable=False),
        sa.Column("behind_dead", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("priority", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("born", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("until", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("attempts", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("doubted", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("sent_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("lease", sa.Text(), nullable=True),
        sa.Column("remote_id", sa.Text(), nullable=True),
        sa.Column("fetched_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("processing_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("recalled_by", sa.Text(), nullable=True),
        sa.Column("held_from", sa.Text(), nullable=True),
        sa.Column("since", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("accepted_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("changed_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("seq"),
        sa.UniqueConstraint("id", name="copies_id"),
        sa.UniqueConstraint("message", "recipient", "part", name="copies_one_per_recipient"),
    )
    with op.batch_alter_table("copies", schema=None) as batch_op:
        batch_op.create_index(
            "copies_delivery",
            ["delivery"],
            unique=False,
            sqlite_where=sa.text("delivery <> id"),
            postgresql_where=sa.text("delivery <> id"),
        )
        batch_op.create_index(
            "copies_due",
            ["state", "until"],
            unique=False,
            sqlite_where=sa.text("state IN ('waiting', 'sending', 'in_doubt')"),
            postgresql_where=sa.text("state IN ('waiting', 'sending', 'in_doubt')"),
        )
        batch_op.create_index(
            "copies_lane",
            ["lane", "seq"],
            unique=False,
            sqlite_where=sa.text(
                "state IN ('queued', 'sending', 'waiting', 'held', 'in_doubt', 'dead') AND lane <> ''"
            ),
            postgresql_where=sa.text(
                "state IN ('queued', 'sending', 'waiting', 'held', 'in_doubt', 'dead') AND lane <> ''"
            ),
        )
        batch_op.create_index(
            "copies_offered",
            ["recipient", "seq"],
            unique=False,
            sqlite_where=sa.text("state = 'offered'"),
            postgresql_where=sa.text("state = 'offered'"),
        )
        batch_op.create_index(
            "copies_queued",
            ["endpoint", "priority", "seq"],
            unique=False,
            sqlite_where=sa.text("state = 'queued'"),
            postgresql_where=sa.text("state = 'queued'"),
        )
        batch_op.create_index(
            "copies_remote",
            ["remote_id"],
            unique=False,
            sqlite_where=sa.text("remote_id IS NOT NULL"),
            postgresql_where=sa.text("remote_id IS NOT NULL"),
        )
        batch_op.create_index(
            "copies_stuck",
            ["endpoint", "seq"],
            unique=False,
            sqlite_where=sa.text("state IN ('held', 'dead', 'in_doubt')"),
            postgresql_where=sa.text("state IN ('held', 'dead', 'in_doubt')"),
        )

    op.create_table(
        "credentials",
        sa.Column("partner", sa.Text(), nullable=False),
        sa.Column("door", sa.Text(), nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("used_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("partner", "door", "secret", name="credentials_key"),
    )
    op.create_table(
        "cursors",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("position", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("name", name="cursors_name"),
    )
    op.create_table(
        "day_sums",
        sa.Column("day", sa.Text(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("count", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("day", "rule", "state", name="day_sums_key"),
    )
    op.create_table(
        "endpoints",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("paused_by", sa.Text(), nullable=False),
        sa.Column("pause_reason", sa.Text(), nullable=False),
        sa.Column("paused_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("breaker", sa.Text(), nullable=False),
        sa.Column("failures", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("opened_times", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("until", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("dead_in_a_row", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("name", name="endpoints_name"),
    )
    op.create_table(
        "events",
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("copy", sa.Text(), nullable=True),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("seq"),
    )
    with op.batch_alter_table("events", schema=None) as batch_op:
        batch_op.create_index("events_message", ["message"], unique=False)

    op.create_table(
        "messages",
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("sender", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("variant", sa.Text(), nullable=False),
        sa.Column("issue", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("digest_rule", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("view", sa.Text(), nullable=False),
        sa.Column("priority", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("door", sa.Text(), nullable=False),
        sa.Column("partner", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("target", sa.Text(), nullable=True),
        sa.Column("uncorrelated", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("conflict_with", sa.Text(), nullable=True),
        sa.Column("recalled_by", sa.Text(), nullable=True),
        sa.Column("copies_accepted", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("routes_version", sa.Text(), nullable=False),
        sa.Column("accepted_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("expires_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.PrimaryKeyConstraint("seq"),
        sa.UniqueConstraint("id", name="messages_id"),
        sa.UniqueConstraint("key", "sender", "type", "variant", "issue", name="messages_identity"),
    )
    with op.batch_alter_table("messages", schema=None) as batch_op:
        batch_op.create_index(
            "messages_expiry",
            ["expires_at"],
            unique=False,
            sqlite_where=sa.text("expires_at IS NOT NULL"),
            postgresql_where=sa.text("expires_at IS NOT NULL"),
        )
        batch_op.create_index("messages_time", ["accepted_at"], unique=False)

    op.create_table(
        "quarantine",
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("endpoint", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("remote_id", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("sender", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("word", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("seq"),
        sa.UniqueConstraint("endpoint", "type", "remote_id", name="quarantine_item"),
    )
    op.create_table(
        "refusals",
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("door", sa.Text(), nullable=False),
        sa.Column("partner", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("count", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("seq"),
    )
    with op.batch_alter_table("refusals", schema=None) as batch_op:
        batch_op.create_index("refusals_time", ["at"], unique=False)

    op.create_table(
        "remote_ids_in",
        sa.Column("endpoint", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("remote_id", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("endpoint", "type", "remote_id", name="remote_ids_in_key"),
    )
    op.create_table(
        "routes_versions",
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("applied_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("seq"),
    )


def downgrade() -> None:
    op.drop_table("routes_versions")
    op.drop_table("remote_ids_in")
    with op.batch_alter_table("refusals", schema=None) as batch_op:
        batch_op.drop_index("refusals_time")

    op.drop_table("refusals")
    op.drop_table("quarantine")
    with op.batch_alter_table("messages", schema=None) as batch_op:
        batch_op.drop_index("messages_time")
        batch_op.drop_index(
            "messages_expiry",
            sqlite_where=sa.text("expires_at IS NOT NULL"),
            postgresql_where=sa.text("expires_at IS NOT NULL"),
        )

    op.drop_table("messages")
    with op.batch_alter_table("events", schema=None) as batch_op:
        batch_op.drop_index("events_message")

    op.drop_table("events")
    op.drop_table("endpoints")
    op.drop_table("day_sums")
    op.drop_table("cursors")
    op.drop_table("credentials")
    with op.batch_alter_table("copies", schema=None) as batch_op:
        batch_op.drop_index(
            "copies_stuck",
            sqlite_where=sa.text("state IN ('held', 'dead', 'in_doubt')"),
            postgresql_where=sa.text("state IN ('held', 'dead', 'in_doubt')"),
        )
        batch_op.drop_index(
            "copies_remote",
            sqlite_where=sa.text("remote_id IS NOT NULL"),
            postgresql_where=sa.text("remote_id IS NOT NULL"),
        )
        batch_op.drop_index(
            "copies_queued", sqlite_where=sa.text("state = 'queued'"), postgresql_where=sa.text("state = 'queued'")
        )
        batch_op.drop_index(
            "copies_offered", sqlite_where=sa.text("state = 'offered'"), postgresql_where=sa.text("state = 'offered'")
        )
        batch_op.drop_index(
            "copies_lane",
            sqlite_where=sa.text(
                "state IN ('queued', 'sending', 'waiting', 'held', 'in_doubt', 'dead') AND lane <> ''"
            ),
            postgresql_where=sa.text(
                "state IN ('queued', 'sending', 'waiting', 'held', 'in_doubt', 'dead') AND lane <> ''"
            ),
        )
        batch_op.drop_index(
            "copies_due",
            sqlite_where=sa.text("state IN ('waiting', 'sending', 'in_doubt')"),
            postgresql_where=sa.text("state IN ('waiting', 'sending', 'in_doubt')"),
        )
        batch_op.drop_index(
            "copies_delivery", sqlite_where=sa.text("delivery <> id"), postgresql_where=sa.text("delivery <> id")
        )

    op.drop_table("copies")
    with op.batch_alter_table("calls", schema=None) as batch_op:
        batch_op.drop_index("calls_time")

    op.drop_table("calls")
    with op.batch_alter_table("bodies", schema=None) as batch_op:
        batch_op.drop_index("bodies_time")

    op.drop_table("bodies")
    op.drop_table("audit")
    with op.batch_alter_table("attempts", schema=None) as batch_op:
        batch_op.drop_index(
            "attempts_remote",
            sqlite_where=sa.text("call_remote_id IS NOT NULL"),
            postgresql_where=sa.text("call_remote_id IS NOT NULL"),
        )
        batch_op.drop_index("attempts_copy")

    op.drop_table("attempts")
