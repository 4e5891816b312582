"""What must arrive by when: rules, what they wait for, and who is silent."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from bus.alerts.silence import TIMES, source_of
from bus.clock import iso, micros
from bus.config.alerts import Silence
from bus.config.expectations import Expectation
from bus.control.answers.expectations import Expectations, Heard, Owed, RuleOwed
from bus.control.parts import Parts
from bus.errors import NotFound, Rejected
from bus.expectation.standing_in import newest
from bus.journal.alert_reads import AlertReads
from bus.journal.expectation_reads import ExpectationReads, Which
from bus.journal.expecting import Expectation as Row
from bus.plan import Plan

Limit = Annotated[int, Field(ge=1, le=10_000)]


def expectations(
    parts: Parts,
    rule: str = "",
    who: str = "",
    office: str = "",
    overdue: bool = False,
    closed: bool = False,
    limit: Limit = 200,
) -> Expectations:
    """What is owed by the rules of ``expectations:``, the longest due first; or what was closed, the latest first."""
    plan, now = parts.holder.plan, parts.clock.now()
    which = Which(
        rules=_asked(rule, plan),
        who=spelled(plan, who),
        offices=offices(parts, office),
        before=now if overdue else None,
        closed=closed,
        limit=limit,
    )
    reads = ExpectationReads(parts.journal.store)
    return {
        "rules": [] if parts.office else _rules(plan, reads, now),
        "silence": [] if parts.office else _silence(parts, plan, now),
        "rows": [owed(parts, row, now) for row in reads.listed(which)] if which.rules else [],
    }


def offices(parts: Parts, office: str) -> tuple[str, ...]:
    """Every spelling of the office whose reports are meant: the operator's own, where the operator has one; none: of all.
    Raises Rejected for another's.
    """
    own, asked = (spelled(parts.holder.plan, code) for code in (parts.office, office))
    if own and asked and own != asked:
        raise Rejected("operator.other_office", office)
    return own or asked


def spelled(plan: Plan, code: str) -> tuple[str, ...]:
    """Every spelling of an agency; none for no code."""
    return plan.directory.spellings(code) if code else ()


def owed(parts: Parts, row: Row, now: int) -> Owed:
    """A row as it is told."""
    agency = parts.holder.plan.directory.agency(row.who, now)
    version, returned = newest(row)
    return {
        "id": row.id,
        "rule": row.rule,
        "kind": row.kind,
        "who": row.who,
        "who_name": agency.name if agency else "",
        "asker": row.asker,
        "key": row.key,
        "name": row.name,
        "office": row.office,
        "opened_at": iso(row.opened_at),
        "due_at": iso(row.due_at),
        "overdue": row.overdue(now),
        "closed_at": iso(row.closed_at),
        "outcome": row.outcome,
        "closed_by": row.closed_by,
        "version": version,
        "returned": returned,
        "reminders": row.reminders,
        "remind_at": iso(row.remind_at) if row.waived_at is None else None,
        "waived_at": iso(row.waived_at),
        "waived_by": row.waived_by or "",
        "waived_reason": row.waived_reason or "",
    }


def in_force(plan: Plan) -> tuple[str, ...]:
    """The names of all rules: what a rule that is gone has left is shown no more."""
    return tuple(one.name for one in plan.routes.expectations)


def _asked(rule: str, plan: Plan) -> tuple[str, ...]:
    names = in_force(plan)
    if rule and rule not in names:
        raise NotFound(f"there is no expectation {rule}; there are {', '.join(names) or 'none'}")
    return (rule,) if rule else names


def _rules(plan: Plan, reads: ExpectationReads, now: int) -> list[RuleOwed]:
    counted = {name: (count, late, since) for name, count, late, since in reads.count(now)}
    return [_rule(one, *counted.get(one.name, (0, 0, None))) for one in plan.routes.expectations]


def _rule(one: Expectation, count: int, late: int, since: int | None) -> RuleOwed:
    return {"rule": one.name, "on": one.on, "owed": count, "overdue": late, "overdue_since": iso(since)}


def _silence(parts: Parts, plan: Plan, now: int) -> list[Heard]:
    """As the alerts listen: nothing is heard twice."""
    heard = AlertReads(parts.journal.store).heard()
    found: list[Heard] = []
    for rule in plan.routes.alerts:
        if isinstance(rule, Silence):
            source = source_of(rule, plan)
            at = heard.get(source)
            silent = at is not None and TIMES[rule.during](at, now) > micros(rule.longer_than)
            found.append({"rule": rule.name, "source": source, "heard_at": iso(at), "silent": silent})
    return found
