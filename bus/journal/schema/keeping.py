"""What the bus keeps of itself: routes, conditions, secrets in use, refusals, turns, sums, deeds."""

from __future__ import annotations

from sqlalchemy import Index, PrimaryKeyConstraint, Table

from bus.journal.schema.base import metadata, number, seq, words

routes_versions = Table(
    "routes_versions",
    metadata,
    seq(),
    words("version"),
    words("text"),
    words("by"),
    number("applied_at"),
)

endpoints = Table(
    "endpoints",
    metadata,
    words("name"),
    words("paused_by"),
    words("pause_reason"),
    number("paused_at", null=True),
    words("breaker"),
    number("failures"),
    number("opened_times"),
    number("until", null=True),
    number("dead_in_a_row"),
    words("opened_for", null=True),
    words("opened_words", null=True),
    number("opened_at", null=True),
    PrimaryKeyConstraint("name", name="endpoints_name"),
)

credentials = Table(
    "credentials",
    metadata,
    words("partner"),
    words("door"),
    words("secret"),
    number("used_at"),
    PrimaryKeyConstraint("partner", "door", "secret", name="credentials_key"),
)

refusals = Table(
    "refusals",
    metadata,
    seq(),
    number("at"),
    words("door"),
    words("partner"),
    words("address"),
    words("code"),
    words("digest"),
    number("size"),
    number("count"),
)
Index("refusals_time", refusals.c.at)

leases = Table(
    "leases",
    metadata,
    words("name"),
    words("holder"),
    number("until"),
    PrimaryKeyConstraint("name", name="leases_name"),
)

nonces = Table(
    "nonces",
    metadata,
    words("name"),
    number("until"),
    PrimaryKeyConstraint("name", name="nonces_name"),
)
Index("nonces_time", nonces.c.until)

day_sums = Table(
    "day_sums",
    metadata,
    words("day"),
    words("rule"),
    words("state"),
    number("count"),
    PrimaryKeyConstraint("day", "rule", "state", name="day_sums_key"),
)

audit = Table(
    "audit",
    metadata,
    seq(),
    number("at"),
    words("who"),
    words("what"),
    words("detail"),
    words("outcome"),
    words("reason", null=True),
    words("before", null=True),
    words("after", null=True),
    words("previous", null=True),
    words("hash", null=True),
)
