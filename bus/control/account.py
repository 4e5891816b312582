"""The account of the whole journal, in portions: whoever asks goes on at ``next`` until there is none."""

from __future__ import annotations

from collections.abc import Iterator

from bus.control.answers.bus import DifferenceTold, Verified
from bus.control.parts import Parts
from bus.journal.verify import Difference, Verifier


def verify(parts: Parts, after: int = 0) -> Verified:
    """Check the next messages: receipts, copies, events and bodies must tell one story."""
    portion = Verifier(parts.journal.store, parts.claims).portion(after)
    found = [*portion.differences, *(_astray(parts) if portion.after is None else ())]
    return {
        "messages": portion.messages,
        "states": dict(portion.states),
        "differences": list(map(_difference, found)),
        "next": portion.after,
    }


def _difference(one: Difference) -> DifferenceTold:
    return {"code": one.code, "message": one.message, "copy": one.copy, "text": one.text}


def _astray(parts: Parts) -> Iterator[Difference]:
    """Copies that have not the bytes of their last version."""
    for message, copy, after, body in parts.journal.edits.astray():
        yield Difference("edit.body", message, copy, f"its last version is {after}, its body {body}")
