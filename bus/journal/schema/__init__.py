"""The journal's tables. ``docs/schema.md`` gives the reason of each table, index and constraint.

Times are integer microseconds since 1970 UTC. Order is by ``seq``, never by time. Text is NFC.
"""

from __future__ import annotations

from bus.journal.schema.aggregates import aggregate_parts, aggregate_versions, aggregates
from bus.journal.schema.alerts import alert_heard, alert_letters, alert_snoozes, alerts, statements
from bus.journal.schema.base import metadata
from bus.journal.schema.edits import edits, holds
from bus.journal.schema.expectations import expectations, reopened_periods
from bus.journal.schema.groups import failure_groups, group_notes
from bus.journal.schema.keeping import (
    audit,
    credentials,
    day_sums,
    endpoints,
    leases,
    nonces,
    refusals,
    routes_versions,
)
from bus.journal.schema.legal import legal_holds, legal_messages
from bus.journal.schema.partners import agencies, agency_lists, quarantine, remote_ids_in
from bus.journal.schema.recovery import recovered, recoveries, restored
from bus.journal.schema.replays import replay_items, replays
from bus.journal.schema.road import attempts, bodies, calls, copies, cursors, events, messages
from bus.journal.schema.search import search, search_times, search_vocabulary
from bus.journal.schema.sums import copies_summed, copy_sums

__all__ = [
    "agencies",
    "agency_lists",
    "aggregate_parts",
    "aggregate_versions",
    "aggregates",
    "alert_heard",
    "alert_letters",
    "alert_snoozes",
    "alerts",
    "attempts",
    "audit",
    "bodies",
    "calls",
    "copies",
    "copies_summed",
    "copy_sums",
    "credentials",
    "cursors",
    "day_sums",
    "edits",
    "endpoints",
    "events",
    "expectations",
    "failure_groups",
    "group_notes",
    "holds",
    "leases",
    "legal_holds",
    "legal_messages",
    "messages",
    "metadata",
    "nonces",
    "quarantine",
    "recovered",
    "recoveries",
    "refusals",
    "remote_ids_in",
    "reopened_periods",
    "replay_items",
    "replays",
    "restored",
    "routes_versions",
    "search",
    "search_times",
    "search_vocabulary",
    "statements",
]
