"""What goes out in order of acceptance: one at a time inside a lane, while lanes overtake each other freely (semantics 6)."""

from __future__ import annotations

import hashlib

from bus.journal.event import Event


def lane_of(event: Event, endpoint: str, recipient: str, document: str) -> str:
    """The lane of an event's copy, as a short digest of its parts.

    What changes, replaces or takes back a document travels in the lane of that ``document``, so that it waits for its
    call. Statuses of one agency about one document have a lane of their own.
    """
    parts = [endpoint, recipient, event.sender, document]
    if event.type == "status" and not event.recalls:
        parts = [endpoint, event.key, event.sender]
    return hashlib.blake2b("\x1f".join(parts).encode(), digest_size=12).hexdigest()
