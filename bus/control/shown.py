"""How the journal's values are told: plain JSON, instants as ISO 8601 in UTC. Never a body."""

from __future__ import annotations

from bus import classes
from bus.classes import CLASSES, Class
from bus.clock import iso
from bus.control.answers.copies import (
    AttemptTold,
    ConditionTold,
    CopyTold,
    EventTold,
    LifeTold,
    MessageTold,
    Said,
    Standing,
)
from bus.control.answers.failures import GroupTold, Hint
from bus.journal.browse import Attempt, Happened
from bus.journal.event import Event
from bus.journal.fingerprint import parsed
from bus.journal.groups import Group
from bus.journal.notes import Condition
from bus.journal.pick import Listed
from bus.journal.states import FAILED, State
from bus.sent import Life, StatusSaid
from schemas.edxml.codes import STATUS_VI


def copy(listed: Listed, life: Life | None = None) -> CopyTold:
    """One copy, with what its message is, and how far its handling is."""
    one, event = listed.copy, listed.event
    failed = classes.of_copy(one, listed.failed_as)
    return {
        "seq": listed.seq,
        "copy": one.id,
        "message": one.message,
        "type": event.type,
        "kind": event.kind,
        "sender": event.sender,
        "recipient": one.recipient,
        "document_id": event.key,
        "subject": event.subject,
        "part": one.kind,
        "endpoint": one.endpoint,
        "rule": one.rule,
        "routes_version": one.routes_version,
        "state": str(one.state),
        "reason": one.reason,
        "class": failed.name if failed else "",
        "group": listed.failed_as if failed and one.state in FAILED else None,
        "status": life.handling if life else "",
        "attempts": one.attempts,
        "next_at": iso(one.until) if one.state in (State.WAITING, State.IN_DOUBT) else None,
        "remote_id": one.remote_id,
        "recalled_by": one.recalled_by,
        "fetched_at": iso(one.fetched_at),
        "accepted_at": iso(one.accepted_at),
        "changed_at": iso(one.changed_at),
    }


def hint(of: Class) -> Hint:
    """What a class of failures means, and what to do."""
    return {
        "class": of.name,
        "side": str(of.side),
        "policy": str(of.policy),
        "what": of.what,
        "todo": of.todo,
        "what_vi": of.what_vi,
        "todo_vi": of.todo_vi,
    }


def group(of: Group) -> GroupTold:
    """Failures of one fingerprint."""
    parts = parsed(of.name)
    known = CLASSES.get(parts.class_) if parts else None
    return {
        "group": of.name,
        "endpoint": parts.endpoint if parts else "",
        "class": parts.class_ if parts else "",
        "code": parts.code if parts else "",
        "place": parts.place if parts else "",
        "count": of.count,
        "states": of.states,
        "first_at": iso(of.first_at),
        "last_at": iso(of.last_at),
        "owner": of.kept.owner,
        "ticket": of.kept.ticket,
        "snoozed_until": iso(of.kept.snoozed_until),
        "noted": of.notes,
        "hint": hint(known) if known else None,
    }


def life(of: Life) -> LifeTold:
    """How a document fares at its recipient."""
    return {
        "handling": _standing(of.handling),
        "request": _standing(of.request),
        "asked_by": of.asked_by,
        "statuses": [_said(one) for one in of.statuses],
    }


def _standing(code: str) -> Standing | None:
    return {"code": code, "name": STATUS_VI[code]} if code else None


def _said(one: StatusSaid) -> Said:
    return {
        "message": one.message_id,
        "code": one.code,
        "read_as": one.read_as,
        "name": STATUS_VI.get(one.read_as, ""),
        "by": one.by,
        "timestamp": one.timestamp,
        "accepted_at": iso(one.accepted_at),
        "description": one.description,
    }


def message(event: Event) -> MessageTold:
    """One message."""
    return {
        "message": event.id,
        "type": event.type,
        "kind": event.kind,
        "sender": event.sender,
        "document_id": event.key,
        "subject": event.subject,
        "priority": event.priority,
        "door": event.door,
        "partner": event.partner,
        "copies_accepted": event.copies_accepted,
        "conflict_with": event.conflict_with,
        "recalled_by": event.recalled_by,
        "about": event.target,
        "uncorrelated": bool(event.uncorrelated),
        "routes_version": event.routes_version,
        "accepted_at": iso(event.accepted_at),
        "expires_at": iso(event.expires_at),
    }


def attempt(made: Attempt) -> AttemptTold:
    """One call to a partner."""
    return {
        "number": made.number,
        "what": made.what,
        "outcome": made.outcome,
        "failure": made.failure,
        "words": made.words,
        "code": made.code or "",
        "remote_id": made.call_remote_id,
        "sent_sha256": made.sent_sha256,
        "began_at": iso(made.began_at),
        "ended_at": iso(made.ended_at),
    }


def happened(event: Happened) -> EventTold:
    """One event of the journal."""
    return {
        "seq": event.seq,
        "at": iso(event.at),
        "copy": event.copy,
        "what": event.what,
        "state": event.state,
        "by": event.by,
        "detail": event.detail,
    }


def condition(of: Condition) -> ConditionTold:
    """Whether an endpoint is called."""
    return {
        "paused_by": of.paused_by,
        "pause_reason": of.pause_reason,
        "paused_at": iso(of.paused_at),
        "breaker": of.breaker,
        "breaker_until": iso(of.until),
        "opened_at": iso(of.opened_at),
        "opened_for": of.opened_for or "",
        "opened_words": of.opened_words or "",
        "failures": of.failures,
    }
