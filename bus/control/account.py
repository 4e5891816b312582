"""The account of the whole journal, in portions: whoever asks goes on at ``next`` until there is none."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from pydantic import Field

from bus.control.answers.bus import Days, DayTold, DifferenceTold, Verified, VerifiedBodies
from bus.control.parts import Parts
from bus.journal.days import Day, days_since
from bus.journal.digests import Digests
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


def bodies(parts: Parts, after: str = "") -> VerifiedBodies:
    """Read the next bodies that are kept: each must be what its SHA-256 says."""
    portion = Digests(parts.journal.store, parts.claims).portion(after)
    return {
        "bodies": portion.bodies,
        "bytes": portion.bytes,
        "differences": list(map(_difference, portion.differences)),
        "next": portion.after,
    }


def days(parts: Parts, since: Annotated[int, Field(ge=0)] = 0) -> Days:
    """Copies of messages accepted since an instant (microseconds), by day, rule and state, beside what retention summed up of
    them. More summed up than there are is a difference.
    """
    rows = list(map(_day, days_since(parts.journal.store, since)))
    return {"days": rows, "differences": [row for row in rows if row["summed"] > row["copies"]]}


def _day(one: Day) -> DayTold:
    return {"day": one.day, "rule": one.rule, "state": one.state, "copies": one.copies, "summed": one.summed}


def _difference(one: Difference) -> DifferenceTold:
    return {"code": one.code, "message": one.message, "copy": one.copy, "text": one.text}


def _astray(parts: Parts) -> Iterator[Difference]:
    """Copies that have not the bytes of their last version."""
    for message, copy, after, body in parts.journal.edits.astray():
        yield Difference("edit.body", message, copy, f"its last version is {after}, its body {body}")
