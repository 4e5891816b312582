"""What must arrive by when. That something is overdue is not written anywhere: it follows from the time."""

from __future__ import annotations

from sqlalchemy import Index, PrimaryKeyConstraint, Table

from bus.journal.schema.base import live, metadata, number, words

expectations = Table(
    "expectations",
    metadata,
    words("id"),
    words("rule"),
    words("kind"),
    words("who"),
    words("asker"),
    words("key"),
    words("message"),
    words("office"),
    words("name"),
    number("opened_at", null=True),
    number("due_at", null=True),
    number("closed_at", null=True),
    words("closed_by"),
    words("outcome"),
    number("version"),
    number("returned"),
    number("remind_at", null=True),
    number("reminders"),
    number("waived_at", null=True),
    words("waived_by", null=True),
    words("waived_reason", null=True),
    words("stand_ins", null=True),
    PrimaryKeyConstraint("id", name="expectations_id"),
)
_C = expectations.c
live("expectations_due", "closed_at IS NULL AND due_at IS NOT NULL", _C.rule, _C.due_at)
live("expectations_key", "closed_at IS NULL", _C.key)
live("expectations_remind", "remind_at IS NOT NULL", _C.remind_at)
Index("expectations_closed", _C.closed_at)
live("expectations_waived", "waived_at IS NOT NULL", _C.waived_at)

reopened_periods = Table(
    "reopened_periods",
    metadata,
    words("id"),
    words("regime"),
    words("period"),
    words("unit"),
    words("by"),
    words("reason"),
    number("at"),
    number("until", null=True),
    PrimaryKeyConstraint("id", name="reopened_periods_id"),
)
