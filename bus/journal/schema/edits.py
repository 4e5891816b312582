"""What operators change of what was accepted: versions of bodies, and what is to be held when it comes."""

from __future__ import annotations

from sqlalchemy import Index, Table, UniqueConstraint

from bus.journal.schema.base import live, metadata, number, seq, words

edits = Table(
    "edits",
    metadata,
    seq(),
    words("id"),
    words("copy"),
    words("message"),
    words("by"),
    words("reason"),
    words("sha_before"),
    words("sha_after"),
    words("state"),
    words("approved_by", null=True),
    number("at"),
    number("decided_at", null=True),
    UniqueConstraint("id", name="edits_id"),
)
Index("edits_copy", edits.c.copy)
Index("edits_message", edits.c.message)

holds = Table(
    "holds",
    metadata,
    seq(),
    words("id"),
    words("rule"),
    words("sender"),
    words("endpoint"),
    words("by"),
    words("reason"),
    number("at"),
    words("lifted_by", null=True),
    number("lifted_at", null=True),
    UniqueConstraint("id", name="holds_id"),
)
live("holds_standing", "lifted_at IS NULL", holds.c.seq)
