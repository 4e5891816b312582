"""Reports that are made of others: what each is made of, and every version that was made."""

from __future__ import annotations

from sqlalchemy import Column, Index, PrimaryKeyConstraint, Table

from bus.journal.schema.base import BIG, live, metadata, number, words

aggregates = Table(
    "aggregates",
    metadata,
    words("id"),
    words("rule"),
    words("regime"),
    words("form"),
    words("period"),
    words("unit"),
    number("changes"),
    number("upto"),
    number("version"),
    words("released"),
    words("released_by"),
    words("problem"),
    number("changed_at"),
    PrimaryKeyConstraint("id", name="aggregates_id"),
)
_A = aggregates.c
live("aggregates_stale", "changes <> upto", _A.id)
Index("aggregates_changed", _A.changed_at)

aggregate_parts = Table(
    "aggregate_parts",
    metadata,
    words("id"),
    words("aggregate"),
    words("unit"),
    words("message"),
    number("version"),
    number("returned"),
    Column("came_at", BIG, nullable=False, server_default="0"),
    PrimaryKeyConstraint("id", name="aggregate_parts_id"),
)
Index("aggregate_parts_of", aggregate_parts.c.aggregate)

aggregate_versions = Table(
    "aggregate_versions",
    metadata,
    words("id"),
    words("aggregate"),
    number("version"),
    words("said"),
    words("message"),
    number("made_at", null=True),
    PrimaryKeyConstraint("id", name="aggregate_versions_id"),
)
_V = aggregate_versions.c
Index("aggregate_versions_of", _V.aggregate, _V.version)
live("aggregate_versions_under_way", "message = ''", _V.id)
