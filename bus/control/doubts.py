"""Copies whose outcome is unknown: what is known of each, and what happens next."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from bus.clock import iso
from bus.control import shown
from bus.control.answers.doubts import Doubts, DoubtTold, NotSettled, WouldSettle
from bus.control.parts import Parts
from bus.control.which import Page
from bus.journal.browse import Attempt
from bus.journal.pick import Filter, Listed
from bus.journal.states import State
from bus.journal.tidy import Doubt
from bus.outlet import contract

#: Copies one question is about.
_PORTION = 200


def doubts(parts: Parts, which: Page) -> Doubts:
    """Copies in doubt, newest first: since when, what the endpoint's contract says, what its partner said last, how often it
    was asked, and when something is done next. ``next_at`` is None where an operator must say.
    """
    page = parts.browse.page(which.filter(parts, [State.IN_DOUBT]))
    rows = [row for row in page.rows if row.copy.state == State.IN_DOUBT]
    return {"copies": _shown(parts, rows), "next": page.next}


def would_settle(parts: Parts, ids: Sequence[str]) -> WouldSettle:
    """What an order to settle these copies would come to."""
    found: dict[str, Listed] = {}
    for start in range(0, len(ids), _PORTION):
        portion = tuple(ids[start : start + _PORTION])
        found |= {row.copy.id: row for row in parts.browse.copies(Filter(ids=portion, limit=len(portion)))}
    doubtful = [found[id_] for id_ in ids if id_ in found and found[id_].copy.state == State.IN_DOUBT]
    refused = [_refused(id_, found.get(id_)) for id_ in ids if found.get(id_) not in doubtful]
    return {"count": len(doubtful), "refused": refused, "copies": _shown(parts, doubtful)}


def _refused(copy: str, row: Listed | None) -> NotSettled:
    why = "it is not in doubt" if row else "no such copy"
    return {"copy": copy, "state": str(row.copy.state) if row else "", "refused": why}


def _shown(parts: Parts, rows: Sequence[Listed]) -> list[DoubtTold]:
    calls: dict[str, list[Attempt]] = defaultdict(list)
    for call in parts.browse.attempts([row.copy.id for row in rows]):
        calls[call.copy].append(call)
    return [_doubt(parts, row, calls[row.copy.id]) for row in rows]


def _doubt(parts: Parts, row: Listed, calls: Sequence[Attempt]) -> DoubtTold:
    asked = [call for call in calls if call.what == "ask"]
    unknown = [call for call in calls if call.what == "send"]
    since = unknown[-1].ended_at if unknown and unknown[-1].number == row.copy.attempts else row.copy.sent_at
    contract_ = _contract(parts, row)
    return {
        **shown.copy(row),
        "since": iso(since),
        "contract": str(contract_),
        "operator": row.copy.until is None,
        "asked": len(asked),
        "words": next((call.words for call in reversed(calls) if call.words), ""),
    }


def _contract(parts: Parts, row: Listed) -> Doubt:
    """An endpoint that is not in the routes any more promises nothing."""
    plan = parts.plan
    settings = plan.routes.endpoints.get(row.copy.endpoint) if plan else None
    if plan is None or settings is None:
        return Doubt.OPERATOR
    rules = {rule.name: rule for rule in plan.routes.routes}
    rule = rules.get(row.copy.rule)
    return contract(settings, repeats=rule is not None and rule.duplicates == "allowed")
