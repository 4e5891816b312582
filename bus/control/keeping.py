"""Questions and orders about what is kept: what retention would take, what it may not, and backups."""

from __future__ import annotations

from collections.abc import Iterable

import orjson

from bus.clock import iso
from bus.control.answers.keeping import (
    BackedUp,
    Going,
    HeldLegally,
    LegalHolds,
    LegalHoldTold,
    LiftedLegally,
    Retention,
)
from bus.control.parts import Parts
from bus.control.which import Which, walked
from bus.errors import Rejected
from bus.journal import legal
from bus.keeping import Due
from bus.retention import keeping_of

#: Copies in one transaction.
_PORTION = 500


def retention(parts: Parts, after: int = 0) -> Retention:
    """What the next round would take of the next messages, by rule and state; nothing is removed. ``next``: go on there."""
    plan, now = parts.plan, parts.clock.now()
    keeping = keeping_of(plan.routes if plan else None, parts.settings)
    portion = parts.journal.ageing.portion(now - keeping.shortest(), after)
    due = [keeping.due(message, now) for message in portion]
    return {
        "messages": len(portion),
        "held": sum(message.held for message in portion),
        "going": _by_rule(due),
        "next": portion[-1].seq if portion else None,
    }


def legal_holds(parts: Parts) -> LegalHolds:
    """All legal holds, newest first."""
    return {"holds": [_told(one) for one in legal.holds(parts.journal.store)]}


def hold_legally(parts: Parts, which: Which, reason: str, dry_run: bool = False) -> HeldLegally:
    """Keep the messages that fit a filter now, whatever their age, until the hold is lifted. Later ones are not in it."""
    _need(reason)
    portions = walked(parts, which, _PORTION)
    if dry_run:
        return {"hold": None, "copies": sum(map(len, portions)), "messages": None}
    text = orjson.dumps(which.model_dump(mode="json", exclude_defaults=True)).decode()
    hold = parts.journal.withholding.begin(legal.Hold(text, reason, parts.who)).result()
    copies = messages = 0
    for portion in portions:
        copies += len(portion)
        messages += parts.journal.withholding.keep(legal.Found(hold, tuple(portion))).result()
    return {"hold": hold, "copies": copies, "messages": messages}


def lift_legally(parts: Parts, hold: int, reason: str) -> LiftedLegally:
    """End a hold: what no other keeps goes by age again."""
    _need(reason)
    kept = parts.journal.withholding.lift(legal.Lift(hold, parts.who, reason)).result()
    parts.journal.withholding.clear()
    return {"hold": hold, "messages": kept}


def backed_up(parts: Parts, folder: str, position: int, bytes: int, with_secrets: bool) -> BackedUp:  # noqa: A002
    """Note that a backup was made: it is made by the command's own process, which only reads."""
    return {"folder": folder, "position": position, "bytes": bytes, "with_secrets": with_secrets, "by": parts.who}


def _need(reason: str) -> None:
    if not reason.strip():
        raise Rejected("request.invalid", "give a reason: it is kept with the hold")


def _by_rule(due: Iterable[Due]) -> list[Going]:
    """Messages, bodies and bytes, under rule and state of the first copy of each message."""
    sums: dict[tuple[str, str], Going] = {}
    for one in due:
        if not (one.bodies or one.events):
            continue
        first = next(iter(one.message.copies), None)
        rule, state = (first.rule, str(first.state)) if first else ("", "")
        row = sums.setdefault((rule, state), {"rule": rule, "state": state, "bodies": 0, "bytes": 0, "events": 0})
        row["bodies"] += len(one.bodies)
        row["bytes"] += sum(body.size for body in one.message.bodies if body.sha256 in one.bodies)
        row["events"] += one.events
    return [row for _, row in sorted(sums.items())]


def _told(one: legal.Standing) -> LegalHoldTold:
    return {
        "hold": one.hold,
        "which": orjson.loads(one.which),
        "reason": one.reason,
        "by": one.by,
        "at": iso(one.at),
        "messages": one.messages,
        "ended_at": iso(one.ended_at),
        "ended_by": one.ended_by,
        "ended_reason": one.ended_reason,
    }
