"""The journal's tables. ``docs/schema.md`` gives the reason of each table, index and constraint.

Times are integer microseconds since 1970 UTC. Order is by ``seq``, never by time. Text is NFC.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import TSVECTOR

metadata = MetaData()

_BIG = BigInteger().with_variant(Integer(), "sqlite")


def _seq() -> Column[int]:
    return Column("seq", _BIG, primary_key=True, autoincrement=True)


def _text(name: str, *, null: bool = False) -> Column[str]:
    return Column(name, Text, nullable=null)


def _int(name: str, *, null: bool = False) -> Column[int]:
    return Column(name, _BIG, nullable=null)


messages = Table(
    "messages",
    metadata,
    _seq(),
    _text("id"),
    _text("type"),
    _text("sender"),
    _text("key"),
    _text("variant"),
    _int("issue"),
    _text("kind"),
    _text("digest"),
    _int("digest_rule"),
    _text("subject"),
    _text("view"),
    _int("priority"),
    _text("door"),
    _text("partner"),
    _text("body"),
    _text("target", null=True),
    _int("uncorrelated"),
    _text("conflict_with", null=True),
    _text("recalled_by", null=True),
    _int("copies_accepted"),
    _text("routes_version"),
    _int("accepted_at"),
    _int("expires_at", null=True),
    UniqueConstraint("id", name="messages_id"),
    UniqueConstraint("key", "sender", "type", "variant", "issue", name="messages_identity"),
)
Index("messages_time", messages.c.accepted_at)
Index(
    "messages_expiry",
    messages.c.expires_at,
    sqlite_where=text("expires_at IS NOT NULL"),
    postgresql_where=text("expires_at IS NOT NULL"),
)

bodies = Table(
    "bodies",
    metadata,
    _text("sha256"),
    _int("size"),
    Column("data", LargeBinary, nullable=True),
    _int("kept"),
    _int("added_at"),
    PrimaryKeyConstraint("sha256", name="bodies_sha256"),
)
Index("bodies_time", bodies.c.added_at)

copies = Table(
    "copies",
    metadata,
    _seq(),
    _text("id"),
    _text("message"),
    _text("recipient"),
    _text("part"),
    _text("kind"),
    _text("of_copy", null=True),
    _text("endpoint"),
    _text("delivery"),
    _text("rule"),
    _text("routes_version"),
    _text("body"),
    _text("lane"),
    _int("behind_dead"),
    _int("priority"),
    _text("born"),
    _text("state"),
    _text("reason"),
    _int("until", null=True),
    _int("attempts"),
    _int("doubted"),
    _int("sent_at", null=True),
    _text("lease", null=True),
    _text("remote_id", null=True),
    _int("fetched_at", null=True),
    _int("processing_at", null=True),
    _text("recalled_by", null=True),
    _text("held_from", null=True),
    _int("since"),
    _int("accepted_at"),
    _int("changed_at"),
    UniqueConstraint("id", name="copies_id"),
    UniqueConstraint("message", "recipient", "part", name="copies_one_per_recipient"),
)


def _live(name: str, where: str, *columns: Column[object]) -> None:
    Index(name, *columns, sqlite_where=text(where), postgresql_where=text(where))


_live("copies_queued", "state = 'queued'", copies.c.endpoint, copies.c.priority, copies.c.seq)
_live("copies_due", "state IN ('waiting', 'sending', 'in_doubt')", copies.c.state, copies.c.until)
_live("copies_offered", "state = 'offered'", copies.c.recipient, copies.c.seq)
_live("copies_stuck", "state IN ('held', 'dead', 'in_doubt')", copies.c.endpoint, copies.c.seq)
_live("copies_aside", "state IN ('held', 'dead', 'cancelled', 'expired')", copies.c.state, copies.c.seq)
_live(
    "copies_lane",
    "state IN ('queued', 'sending', 'waiting', 'held', 'in_doubt', 'dead') AND lane <> ''",
    copies.c.lane,
    copies.c.seq,
)
_live("copies_delivery", "delivery <> id", copies.c.delivery)
_live("copies_remote", "remote_id IS NOT NULL", copies.c.remote_id)

calls = Table(
    "calls",
    metadata,
    _text("key"),
    _text("message"),
    _text("body"),
    _int("at"),
    PrimaryKeyConstraint("key", name="calls_key"),
)
Index("calls_time", calls.c.at)

attempts = Table(
    "attempts",
    metadata,
    _seq(),
    _text("copy"),
    _int("number"),
    _text("what"),
    _text("outcome"),
    _text("failure"),
    _text("words"),
    _text("call_remote_id", null=True),
    _text("sent_sha256", null=True),
    _int("began_at"),
    _int("ended_at"),
)
Index("attempts_copy", attempts.c.copy)
_live("attempts_remote", "call_remote_id IS NOT NULL", attempts.c.call_remote_id)

events = Table(
    "events",
    metadata,
    _seq(),
    _int("at"),
    _text("message"),
    _text("copy", null=True),
    _text("what"),
    _text("state"),
    _text("by"),
    _text("detail"),
)
Index("events_message", events.c.message)

cursors = Table("cursors", metadata, _text("name"), _int("position"), PrimaryKeyConstraint("name", name="cursors_name"))

search = Table(
    "search",
    metadata,
    Column("seq", _BIG, primary_key=True, autoincrement=False),
    Column("words", Text().with_variant(TSVECTOR(), "postgresql"), nullable=False),
)
#: On SQLite a table of words of its own is kept beside it by triggers (migration 0003).
Index("search_words", search.c.words, postgresql_using="gin", postgresql_with={"fastupdate": False}).ddl_if(
    "postgresql"
)

search_vocabulary = Table(
    "search_vocabulary",
    metadata,
    Column("word", Text().with_variant(Text(collation="C"), "postgresql"), nullable=False),
    _int("copies"),
    PrimaryKeyConstraint("word", name="search_vocabulary_word"),
)

search_times = Table(
    "search_times",
    metadata,
    Column("block", _BIG, primary_key=True, autoincrement=False),
    _int("first_at"),
    _int("last_at"),
)

routes_versions = Table(
    "routes_versions",
    metadata,
    _seq(),
    _text("version"),
    _text("text"),
    _text("by"),
    _int("applied_at"),
)

endpoints = Table(
    "endpoints",
    metadata,
    _text("name"),
    _text("paused_by"),
    _text("pause_reason"),
    _int("paused_at", null=True),
    _text("breaker"),
    _int("failures"),
    _int("opened_times"),
    _int("until", null=True),
    _int("dead_in_a_row"),
    PrimaryKeyConstraint("name", name="endpoints_name"),
)

credentials = Table(
    "credentials",
    metadata,
    _text("partner"),
    _text("door"),
    _text("secret"),
    _int("used_at"),
    PrimaryKeyConstraint("partner", "door", "secret", name="credentials_key"),
)

refusals = Table(
    "refusals",
    metadata,
    _seq(),
    _int("at"),
    _text("door"),
    _text("partner"),
    _text("address"),
    _text("code"),
    _text("digest"),
    _int("size"),
    _int("count"),
)
Index("refusals_time", refusals.c.at)

remote_ids_in = Table(
    "remote_ids_in",
    metadata,
    _text("endpoint"),
    _text("type"),
    _text("remote_id"),
    _text("message"),
    PrimaryKeyConstraint("endpoint", "type", "remote_id", name="remote_ids_in_key"),
)

quarantine = Table(
    "quarantine",
    metadata,
    _seq(),
    _text("endpoint"),
    _text("type"),
    _text("remote_id"),
    _int("at"),
    _text("code"),
    _text("detail"),
    _text("sender"),
    _text("digest"),
    _text("body"),
    _text("word"),
    UniqueConstraint("endpoint", "type", "remote_id", name="quarantine_item"),
)

agencies = Table(
    "agencies",
    metadata,
    _text("endpoint"),
    _text("code"),
    _text("old_code"),
    _text("name"),
    _text("plain"),
    _text("parent"),
    _text("mail"),
    _int("closed"),
    PrimaryKeyConstraint("endpoint", "code", name="agencies_key"),
)

agency_lists = Table(
    "agency_lists",
    metadata,
    _text("endpoint"),
    _text("version"),
    _text("digest"),
    _int("count"),
    _int("refreshed_at"),
    _int("changed_at"),
    PrimaryKeyConstraint("endpoint", name="agency_lists_key"),
)

leases = Table(
    "leases",
    metadata,
    _text("name"),
    _text("holder"),
    _int("until"),
    PrimaryKeyConstraint("name", name="leases_name"),
)

day_sums = Table(
    "day_sums",
    metadata,
    _text("day"),
    _text("rule"),
    _text("state"),
    _int("count"),
    PrimaryKeyConstraint("day", "rule", "state", name="day_sums_key"),
)

audit = Table(
    "audit",
    metadata,
    _seq(),
    _int("at"),
    _text("who"),
    _text("what"),
    _text("detail"),
    _text("outcome"),
)
