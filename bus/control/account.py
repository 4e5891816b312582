"""The account of the whole journal, in portions: whoever asks goes on at ``next`` until there is none."""

from __future__ import annotations

from bus.control.answers.bus import DifferenceTold, Verified
from bus.control.parts import Parts
from bus.journal.verify import Difference, Verifier


def verify(parts: Parts, after: int = 0) -> Verified:
    """Check the next messages: receipts, copies, events and bodies must tell one story."""
    portion = Verifier(parts.journal.store, parts.claims).portion(after)
    return {
        "messages": portion.messages,
        "states": dict(portion.states),
        "differences": list(map(_difference, portion.differences)),
        "next": portion.after,
    }


def _difference(one: Difference) -> DifferenceTold:
    return {"code": one.code, "message": one.message, "copy": one.copy, "text": one.text}
