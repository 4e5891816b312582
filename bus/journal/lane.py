"""What goes out in order of acceptance: one at a time inside a lane, while lanes overtake each other freely (semantics 6)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping

from bus.journal.copy import Copy
from bus.journal.event import Event


def reports(event: Event) -> bool:
    """Whether it only tells of a document, and need not go in that one's lane."""
    return event.type == "status" and not event.recalls


def lanes_of(copies: Iterable[Copy]) -> Mapping[tuple[str, str], str]:
    """The lanes a document goes in, by endpoint and recipient. What is about it goes in the same, also where the document
    was itself a change of another, or where an agency goes by another spelling by now.
    """
    return {(copy.endpoint, copy.recipient): copy.lane for copy in copies if copy.lane}


def lane_of(event: Event, endpoint: str, recipient: str, document: str) -> str:
    """The lane of an event's copy, as a short digest of its parts.

    What changes, replaces or takes back a document travels in the lane of that ``document``, so that it waits for its
    call. Statuses of one agency about one document have a lane of their own.
    """
    parts = [endpoint, event.key, event.sender] if reports(event) else [endpoint, recipient, event.sender, document]
    return hashlib.blake2b("\x1f".join(parts).encode(), digest_size=12).hexdigest()
