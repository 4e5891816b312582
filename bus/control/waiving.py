"""Reports that an operator waives: nobody waits for them any more; and those that are waited for again.

An operator who belongs to an office waives what that office follows, and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from bus.clock import iso
from bus.control.answers.expectations import Granted, GrantTold
from bus.control.expecting import in_force, offices
from bus.control.parts import Parts
from bus.errors import Rejected
from bus.expectation.following import id_of
from bus.journal.expectation_reads import ExpectationReads
from bus.journal.expecting import Expectation
from bus.journal.granting import Reinstated, Waived

#: ``REGIME|FORM|PERIOD|UNIT``, each of them.
Names = Annotated[tuple[str, ...], Field(min_length=1, max_length=1000)]


def waive(parts: Parts, reports: Names, reason: str = "", dry_run: bool = False) -> Granted:
    """Wait for reports no more: they are neither overdue nor reminded of, and what is made of them goes without them and names them. One that
    comes is taken all the same. Raises Rejected where no reason is given.
    """
    rules = in_force(parts.holder.plan)

    def act(report: str) -> Future[bool]:
        return parts.journal.grant("waived", Waived(report, rules, parts.who, reason))

    return _granted(parts, reports, _Order(act, _not_waived, reason, dry_run))


def reinstate(parts: Parts, reports: Names, reason: str = "", dry_run: bool = False) -> Granted:
    """Wait again for reports that were waived. Raises Rejected where no reason is given."""
    rules = in_force(parts.holder.plan)

    def act(report: str) -> Future[bool]:
        return parts.journal.grant("reinstated", Reinstated(report, rules))

    return _granted(parts, reports, _Order(act, _not_reinstated, reason, dry_run))


@dataclass(frozen=True, slots=True)
class _Order:
    """An order on each of some reports: what it does, and why it may not."""

    act: Callable[[str], Future[bool]]
    why_not: Callable[[Sequence[Expectation]], str]
    reason: str
    dry: bool


def _granted(parts: Parts, reports: Names, order: _Order) -> Granted:
    """Each report on its own: those it is done for, and why not for the others."""
    if not order.dry and not order.reason.strip():
        raise Rejected("request.invalid", "say why: it is kept with the report and in the audit")
    found = _rows(parts, reports)
    errors = {report: order.why_not(rows) for report, rows in found.items()}
    under_way = {} if order.dry else {report: order.act(report) for report, error in errors.items() if not error}
    for report, future in under_way.items():
        errors[report] = "" if future.result() else "it changed meanwhile: look again"
    rows = [_told(report, next(iter(found[report]), None), error) for report, error in errors.items()]
    refused = sum(map(bool, errors.values()))
    if not order.dry:
        _mark(parts, found, errors)
    return {"dry_run": order.dry, "done": 0 if order.dry else len(rows) - refused, "refused": refused, "rows": rows}


def _rows(parts: Parts, reports: Sequence[str]) -> dict[str, list[Expectation]]:
    """Each report as rules wait for it, where the operator follows it."""
    own, rules = offices(parts, ""), in_force(parts.holder.plan)
    ids = {id_of(rule, report) for report in reports for rule in rules}
    known = [row for row in ExpectationReads(parts.journal.store).known(ids) if not own or row.office in own]
    return {report: [row for row in known if row.kind == "report" and row.key == report] for report in reports}


def _not_waived(rows: Sequence[Expectation]) -> str:
    if all(row.closed_at is not None for row in rows):
        return "it has come" if rows else "it is not owed: write it as bus reports show does, REGIME|FORM|PERIOD|UNIT"
    return "" if any(row.open for row in rows) else "it was waived before"


def _not_reinstated(rows: Sequence[Expectation]) -> str:
    return "" if any(row.waived_at is not None for row in rows) else "it was not waived"


def _told(report: str, row: Expectation | None, error: str) -> GrantTold:
    return {
        "report": report,
        "who": row.who if row else "",
        "name": row.name if row else "",
        "due_at": iso(row.due_at) if row else None,
        "error": error,
    }


def _mark(parts: Parts, found: dict[str, list[Expectation]], errors: dict[str, str]) -> None:
    """What each was before, and is now that the order was carried out."""
    changed = {report: rows for report, rows in found.items() if not errors[report]}
    was = {report: rows[0].waived_by or "" for report, rows in changed.items()}
    if changed:
        parts.mark.change(
            {"waived_by": was}, {"waived_by": {report: "" if by else parts.who for report, by in was.items()}}
        )
