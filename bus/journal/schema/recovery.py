"""What is known of a journal that was restored from a backup: what was open then, and what may be sent again."""

from __future__ import annotations

from sqlalchemy import PrimaryKeyConstraint, Table

from bus.journal.schema.base import metadata, number, seq, words

recoveries = Table(
    "recoveries",
    metadata,
    seq(),
    number("made_at"),
    number("position"),
    number("restored_at"),
    words("by"),
    number("doubted_at", null=True),
    number("ended_at", null=True),
)

restored = Table(
    "restored",
    metadata,
    words("copy"),
    words("was"),
    words("reason"),
    number("until", null=True),
    PrimaryKeyConstraint("copy", name="restored_copy"),
)

recovered = Table(
    "recovered",
    metadata,
    words("endpoint"),
    number("at"),
    words("by"),
    words("reason"),
    PrimaryKeyConstraint("endpoint", name="recovered_endpoint"),
)
