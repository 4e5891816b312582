"""Replays: what is to be sent again as one plan, and what became of each copy of it."""

from __future__ import annotations

from sqlalchemy import Index, Table, UniqueConstraint, text

from bus.journal.schema.base import live, metadata, number, seq, words

replays = Table(
    "replays",
    metadata,
    seq(),
    words("id"),
    words("verb"),
    words("by"),
    words("reason"),
    words("asked"),
    number("canary"),
    number("ask"),
    number("rate"),
    number("ramp"),
    number("stop_at"),
    number("late"),
    words("state"),
    number("proven"),
    words("said_by"),
    words("why"),
    number("run"),
    number("since"),
    number("created_at"),
    number("changed_at"),
    number("ended_at", null=True),
    UniqueConstraint("id", name="replays_id"),
)
live("replays_open", "ended_at IS NULL", replays.c.seq)

replay_items = Table(
    "replay_items",
    metadata,
    seq(),
    words("replay"),
    number("place"),
    words("copy"),
    words("endpoint"),
    words("sent"),
    number("run"),
    number("released_at", null=True),
    words("outcome"),
    words("note"),
    number("ended_at", null=True),
    UniqueConstraint("replay", "place", name="replay_items_place"),
)
_OPEN = "outcome = ''"
Index(
    "replay_items_once",
    replay_items.c.copy,
    unique=True,
    sqlite_where=text(_OPEN),
    postgresql_where=text(_OPEN),
)
live(
    "replay_items_planned",
    "outcome = '' AND released_at IS NULL",
    replay_items.c.replay,
    replay_items.c.endpoint,
    replay_items.c.place,
)
live(
    "replay_items_out",
    "outcome = '' AND released_at IS NOT NULL",
    replay_items.c.replay,
    replay_items.c.endpoint,
)
live("replay_items_ended", "outcome <> ''", replay_items.c.replay, replay_items.c.ended_at)
