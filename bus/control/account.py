"""The account of the whole journal, in portions: whoever asks goes on at ``next`` until there is none."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

from pydantic import Field

from bus.control.parts import Parts
from bus.journal.days import days_since
from bus.journal.digests import Digests
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


def bodies(parts: Parts, after: str = "") -> dict[str, Any]:
    """Read the next bodies that are kept: each must be what its SHA-256 says."""
    portion = Digests(parts.journal.store, parts.claims).portion(after)
    return {
        "bodies": portion.bodies,
        "bytes": portion.bytes,
        "differences": [asdict(difference) for difference in portion.differences],
        "next": portion.after,
    }


def days(parts: Parts, since: Annotated[int, Field(ge=0)] = 0) -> dict[str, Any]:
    """Copies of messages accepted since an instant (microseconds), by day, rule and state, beside what retention summed up of
    them. More summed up than there are is a difference.
    """
    rows = [asdict(day) for day in days_since(parts.journal.store, since)]
    return {"days": rows, "differences": [row for row in rows if row["summed"] > row["copies"]]}
