"""The account of the whole journal, in portions: whoever asks goes on at ``next`` until there is none."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from bus.control.parts import Parts
from bus.journal.verify import Verifier


def verify(parts: Parts, after: int = 0) -> dict[str, Any]:
    """Check the next messages: receipts, copies, events and bodies must tell one story."""
    portion = Verifier(parts.journal.store, parts.claims).portion(after)
    return {
        "messages": portion.messages,
        "states": dict(portion.states),
        "differences": [asdict(difference) for difference in portion.differences],
        "next": portion.after,
    }
