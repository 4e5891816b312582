"""What every message goes through: itself, its body, its copies, the calls for them, and what happened."""

from __future__ import annotations

from sqlalchemy import Column, Index, LargeBinary, PrimaryKeyConstraint, Table, UniqueConstraint, text

from bus.journal.schema.base import live, metadata, number, seq, words

messages = Table(
    "messages",
    metadata,
    seq(),
    words("id"),
    words("type"),
    words("sender"),
    words("key"),
    words("variant"),
    number("issue"),
    words("kind"),
    words("digest"),
    number("digest_rule"),
    words("subject"),
    words("view"),
    number("priority"),
    words("door"),
    words("partner"),
    words("body"),
    words("target", null=True),
    number("uncorrelated"),
    words("conflict_with", null=True),
    words("recalled_by", null=True),
    number("copies_accepted"),
    words("routes_version"),
    number("accepted_at"),
    number("expires_at", null=True),
    UniqueConstraint("id", name="messages_id"),
    UniqueConstraint("key", "sender", "type", "variant", "issue", name="messages_identity"),
)
Index("messages_time", messages.c.accepted_at)
Index(
    "messages_expiry",
    messages.c.expires_at,
    sqlite_where=text("expires_at IS NOT NULL"),
    postgresql_where=text("expires_at IS NOT NULL"),
)

bodies = Table(
    "bodies",
    metadata,
    words("sha256"),
    number("size"),
    Column("data", LargeBinary, nullable=True),
    number("kept"),
    number("added_at"),
    PrimaryKeyConstraint("sha256", name="bodies_sha256"),
)
Index("bodies_time", bodies.c.added_at)

copies = Table(
    "copies",
    metadata,
    seq(),
    words("id"),
    words("message"),
    words("recipient"),
    words("part"),
    words("kind"),
    words("of_copy", null=True),
    words("endpoint"),
    words("delivery"),
    words("rule"),
    words("routes_version"),
    words("body"),
    words("lane"),
    number("behind_dead"),
    number("priority"),
    words("born"),
    words("state"),
    words("reason"),
    number("until", null=True),
    number("attempts"),
    number("doubted"),
    number("sent_at", null=True),
    words("lease", null=True),
    words("remote_id", null=True),
    number("fetched_at", null=True),
    number("processing_at", null=True),
    words("recalled_by", null=True),
    words("held_from", null=True),
    number("since"),
    number("accepted_at"),
    number("changed_at"),
    words("failed_as", null=True),
    number("skipped", null=True),
    UniqueConstraint("id", name="copies_id"),
    UniqueConstraint("message", "recipient", "part", name="copies_one_per_recipient"),
)


live("copies_queued", "state = 'queued'", copies.c.endpoint, copies.c.priority, copies.c.seq)
live("copies_due", "state IN ('waiting', 'sending', 'in_doubt')", copies.c.state, copies.c.until)
live("copies_offered", "state = 'offered'", copies.c.recipient, copies.c.seq)
live("copies_stuck", "state IN ('held', 'dead', 'in_doubt')", copies.c.endpoint, copies.c.seq)
live("copies_aside", "state IN ('held', 'dead', 'cancelled', 'expired')", copies.c.state, copies.c.seq)
live(
    "copies_reasons", "state IN ('held', 'dead', 'cancelled', 'expired')", copies.c.reason, copies.c.state, copies.c.seq
)
live(
    "copies_lane",
    "state IN ('queued', 'sending', 'waiting', 'held', 'in_doubt', 'dead') AND lane <> ''",
    copies.c.lane,
    copies.c.seq,
)
live(
    "copies_failed",
    "state IN ('waiting', 'held', 'in_doubt', 'dead')",
    copies.c.failed_as,
    copies.c.seq,
    copies.c.state,
    copies.c.since,
    copies.c.changed_at,
)
live("copies_delivery", "delivery <> id", copies.c.delivery)
live("copies_remote", "remote_id IS NOT NULL", copies.c.remote_id)

calls = Table(
    "calls",
    metadata,
    words("key"),
    words("message"),
    words("body"),
    number("at"),
    PrimaryKeyConstraint("key", name="calls_key"),
)
Index("calls_time", calls.c.at)

attempts = Table(
    "attempts",
    metadata,
    seq(),
    words("copy"),
    number("number"),
    words("what"),
    words("outcome"),
    words("failure"),
    words("words"),
    words("call_remote_id", null=True),
    words("sent_sha256", null=True),
    number("began_at"),
    number("ended_at"),
    words("code", null=True),
)
Index("attempts_copy", attempts.c.copy)
live("attempts_remote", "call_remote_id IS NOT NULL", attempts.c.call_remote_id)

events = Table(
    "events",
    metadata,
    seq(),
    number("at"),
    words("message"),
    words("copy", null=True),
    words("what"),
    words("state"),
    words("by"),
    words("detail"),
)
Index("events_message", events.c.message)

cursors = Table(
    "cursors", metadata, words("name"), number("position"), PrimaryKeyConstraint("name", name="cursors_name")
)
