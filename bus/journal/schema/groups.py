"""What people keep of groups of failures. The counts are the copies' own."""

from __future__ import annotations

from sqlalchemy import Index, PrimaryKeyConstraint, Table

from bus.journal.schema.base import metadata, number, seq, words

failure_groups = Table(
    "failure_groups",
    metadata,
    words("name"),
    words("owner"),
    words("ticket"),
    number("snoozed_until", null=True),
    words("changed_by"),
    number("changed_at"),
    PrimaryKeyConstraint("name", name="failure_groups_name"),
)

group_notes = Table(
    "group_notes",
    metadata,
    seq(),
    words("name"),
    number("at"),
    words("by"),
    words("text"),
)
Index("group_notes_name", group_notes.c.name)
