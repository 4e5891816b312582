"""Where a message is and why: its copies, what each waits for, every call made for it, and all that happened."""

from __future__ import annotations

from collections import defaultdict

from bus.classes import of_copy
from bus.control import editing, shown
from bus.control.answers.copies import AttemptTold, Before, Trace, TracedCopy
from bus.control.answers.edits import EditTold
from bus.control.parts import Parts
from bus.errors import NotFound
from bus.journal.pick import Listed
from bus.journal.states import BLOCKING, State
from bus.life import lives
from bus.placing import RETURN
from bus.router import Routable
from bus.sent import Life

#: Other messages of one name that are told.
_OTHERS = 10


def trace(parts: Parts, id: str) -> Trace:  # noqa: A002 - the word the command has for it
    """One message, by its id, a copy's, a partner's for one of them, its DocumentId or its number. Where several go by
    that name it is the newest, and ``also`` has the others.
    """
    events = parts.browse.named(id, _OTHERS + 1)
    if not events:
        raise NotFound(f"nothing here is called {id}: neither a message, nor a copy, nor a document")
    event, *others = events
    copies = parts.browse.copies_of(event.id)
    told = lives(parts.browse, parts.plan, copies)
    edits: dict[str, list[EditTold]] = defaultdict(list)
    for made in parts.journal.edits.of_message(event.id):
        edits[made.copy].append(editing.shown(made))
    calls: dict[str, list[AttemptTold]] = defaultdict(list)
    for attempt in parts.browse.attempts(listed.copy.id for listed in copies):
        calls[attempt.copy].append(shown.attempt(attempt))
    return {
        **shown.message(event),
        "copies": [_copy(parts, one, told.get(one.copy.id), calls[one.copy.id], edits[one.copy.id]) for one in copies],
        "also": [shown.message(one) for one in others],
        "events": [shown.happened(one) for one in parts.browse.happened(event.id)],
    }


def _copy(
    parts: Parts, listed: Listed, life: Life | None, calls: list[AttemptTold], edits: list[EditTold]
) -> TracedCopy:
    failed = of_copy(listed.copy, listed.failed_as)
    return {
        **shown.copy(listed, life),
        "hint": shown.hint(failed) if failed else None,
        "life": shown.life(life) if life else None,
        "why": _why(parts, listed),
        "behind": _behind(parts, listed),
        "condition": shown.condition(parts.gates.condition(listed.copy.endpoint)),
        "body": listed.copy.body,
        "edits": edits,
        "calls": calls,
    }


def _behind(parts: Parts, listed: Listed) -> list[Before]:
    """What keeps a queued copy back in its lane (semantics 6)."""
    if listed.copy.state != State.QUEUED:
        return []
    before = parts.browse.before_in_lane(listed.seq, listed.copy.lane)
    keeping = [one for one in before if one.copy.state in BLOCKING or listed.copy.behind_dead]
    return [{"copy": one.copy.id, "message": one.event.id, "state": str(one.copy.state)} for one in keeping]


def _why(parts: Parts, listed: Listed) -> str:
    """Why this rule took it, as far as the routes in force can tell."""
    copy, event, plan = listed.copy, listed.event, parts.plan
    if not copy.rule:
        return "no rule took it" if not copy.endpoint else ""
    if copy.rule == RETURN:
        return "back the way the document came"
    if plan and any(rule.name == copy.rule and rule.to != copy.endpoint for rule in plan.routes.routes):
        return f"rule {copy.rule} took it; to {copy.endpoint} it goes by an operator's word, or by an earlier rule of that name"
    if plan is None or plan.routes.version != copy.routes_version or copy.kind == "tap":
        return f"by rule {copy.rule} of routes {copy.routes_version}"
    said = plan.router.explain(Routable(event.type, event.kind, event.sender), copy.recipient, copy.accepted_at)
    return next((f"rule {one.rule}: {one.reason}" for one in said.tried if one.matched), f"by rule {copy.rule}")
