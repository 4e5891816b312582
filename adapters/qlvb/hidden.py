"""What we put into ``ThamSoAn`` and find there again: which document of ours a packet answers.

It comes back by way of the partner, so it only says what the packet is about; whether it may be is the journal's to say.
"""

from __future__ import annotations

from dataclasses import dataclass

import orjson

_MAX = 255


@dataclass(frozen=True, slots=True)
class About:
    """A document that was sent through the link: whose, its DocumentId, and its number and symbol."""

    sender: str
    document_id: str
    notation: str = ""


def read(hidden: str) -> About | None:
    """The document it names; None where it is not ours, or says nothing."""
    try:
        found = orjson.loads(hidden)
    except orjson.JSONDecodeError:
        return None
    if not isinstance(found, dict):
        return None
    said = {name: found.get(name) for name in ("busSender", "busDocumentId", "busNotation")}
    sender, document_id, notation = (value if isinstance(value, str) else "" for value in said.values())
    fits = 0 < len(sender) <= _MAX and 0 < len(document_id) <= _MAX and len(notation) <= _MAX
    return About(sender, document_id, notation) if fits else None
