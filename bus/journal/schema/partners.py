"""What is known of partners: the ids they gave, what was kept back of theirs, their lists of agencies."""

from __future__ import annotations

from sqlalchemy import PrimaryKeyConstraint, Table, UniqueConstraint

from bus.journal.schema.base import metadata, number, seq, words

remote_ids_in = Table(
    "remote_ids_in",
    metadata,
    words("endpoint"),
    words("type"),
    words("remote_id"),
    words("message"),
    PrimaryKeyConstraint("endpoint", "type", "remote_id", name="remote_ids_in_key"),
)

quarantine = Table(
    "quarantine",
    metadata,
    seq(),
    words("endpoint"),
    words("type"),
    words("remote_id"),
    number("at"),
    words("code"),
    words("detail"),
    words("sender"),
    words("digest"),
    words("body"),
    words("word"),
    UniqueConstraint("endpoint", "type", "remote_id", name="quarantine_item"),
)

agencies = Table(
    "agencies",
    metadata,
    words("endpoint"),
    words("code"),
    words("old_code"),
    words("name"),
    words("plain"),
    words("parent"),
    words("mail"),
    number("closed"),
    PrimaryKeyConstraint("endpoint", "code", name="agencies_key"),
)

agency_lists = Table(
    "agency_lists",
    metadata,
    words("endpoint"),
    words("version"),
    words("digest"),
    number("count"),
    number("refreshed_at"),
    number("changed_at"),
    PrimaryKeyConstraint("endpoint", name="agency_lists_key"),
)
