"""The bytes that are signed, and their hash: the same for the same content, however it was written down.

Rule 1: the packet's JSON without ``signatures``, without what is as it would be anyway, files by their SHA-256 and not by how they travel, keys in
order of their code points, no white space, UTF-8, text in NFC. Figures are text and so never written anew. Frozen by golden values: another rule
gets another number.
"""

from __future__ import annotations

import hashlib
import json
import unicodedata
from typing import Any

from schemas.report.base import Part

RULE = 1
_LEFT_OUT: Any = {"signatures": True, "attachments": {"__all__": {"inline", "url"}}}


def canonical(packet: Part) -> bytes:
    """What of a packet is signed."""
    said = packet.model_dump(mode="json", exclude_defaults=True, exclude=_LEFT_OUT)
    named = {"type": getattr(packet, "type", ""), **said}
    text = json.dumps(named, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return unicodedata.normalize("NFC", text).encode()


def content_hash(packet: Part) -> str:
    """``sha256:`` and the hash of :func:`canonical`, in hex."""
    return f"sha256:{hashlib.sha256(canonical(packet)).hexdigest()}"
