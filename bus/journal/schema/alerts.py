"""What people are told: what goes on, what was written to whom, and who asked not to hear of it."""

from __future__ import annotations

from sqlalchemy import Index, PrimaryKeyConstraint, Table, UniqueConstraint

from bus.journal.schema.base import live, metadata, number, seq, words

alerts = Table(
    "alerts",
    metadata,
    words("rule"),
    words("thing"),
    number("since"),
    number("told_at", null=True),
    number("gone_at", null=True),
    PrimaryKeyConstraint("rule", "thing", name="alerts_key"),
)

alert_letters = Table(
    "alert_letters",
    metadata,
    seq(),
    words("key"),
    words("channel"),
    words("rule"),
    words("kind"),
    words("subject"),
    words("text"),
    words("file_name"),
    words("file"),
    number("made_at"),
    number("until", null=True),
    number("attempts"),
    words("outcome"),
    words("words"),
    UniqueConstraint("key", name="alert_letters_key"),
)
live("alert_letters_due", "until IS NOT NULL", alert_letters.c.channel, alert_letters.c.until)
Index("alert_letters_time", alert_letters.c.made_at)

alert_snoozes = Table(
    "alert_snoozes",
    metadata,
    words("rule"),
    number("until"),
    words("by"),
    number("at"),
    PrimaryKeyConstraint("rule", name="alert_snoozes_rule"),
)

alert_heard = Table(
    "alert_heard",
    metadata,
    words("source"),
    number("at"),
    PrimaryKeyConstraint("source", name="alert_heard_source"),
)

statements = Table(
    "statements",
    metadata,
    words("name"),
    words("day"),
    words("agency"),
    number("at"),
    words("outcome"),
    PrimaryKeyConstraint("name", "day", "agency", name="statements_key"),
)
