"""The journal's tables. ``docs/schema.md`` gives the reason of each table, index and constraint.

Times are integer microseconds since 1970 UTC. Order is by ``seq``, never by time. Text is NFC.
"""

from __future__ import annotations

from bus.journal.schema.base import metadata
from bus.journal.schema.edits import edits, holds
from bus.journal.schema.keeping import audit, credentials, day_sums, endpoints, leases, refusals, routes_versions
from bus.journal.schema.partners import agencies, agency_lists, quarantine, remote_ids_in
from bus.journal.schema.road import attempts, bodies, calls, copies, cursors, events, messages
from bus.journal.schema.search import search, search_times, search_vocabulary

__all__ = [
    "agencies",
    "agency_lists",
    "attempts",
    "audit",
    "bodies",
    "calls",
    "copies",
    "credentials",
    "cursors",
    "day_sums",
    "edits",
    "endpoints",
    "events",
    "holds",
    "leases",
    "messages",
    "metadata",
    "quarantine",
    "refusals",
    "remote_ids_in",
    "routes_versions",
    "search",
    "search_times",
    "search_vocabulary",
]
