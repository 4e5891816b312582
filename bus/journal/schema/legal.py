"""What may not be removed: holds, and the messages each of them found."""

from __future__ import annotations

from sqlalchemy import Index, PrimaryKeyConstraint, Table

from bus.journal.schema.base import metadata, number, seq, words

legal_holds = Table(
    "legal_holds",
    metadata,
    seq(),
    words("which"),
    words("reason"),
    words("by"),
    number("at"),
    number("ended_at", null=True),
    words("ended_by"),
    words("ended_reason"),
)

legal_messages = Table(
    "legal_messages",
    metadata,
    number("hold"),
    words("message"),
    PrimaryKeyConstraint("hold", "message", name="legal_messages_key"),
)
Index("legal_messages_message", legal_messages.c.message)
