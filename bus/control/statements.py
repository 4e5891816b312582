"""What an agency sent on a day, and what became of it."""

from __future__ import annotations

from datetime import date

from bus.alerts.daily import stated
from bus.alerts.statement import day_before
from bus.clock import iso
from bus.control.answers.alerts import Statement, StatementLine
from bus.control.parts import Parts
from bus.errors import NotFound, Rejected
from bus.journal.statements import Line, Statements


def statement(parts: Parts, agency: str, day: date | None = None) -> Statement:
    """Counts by state and reason, what has not arrived, and all of it as CSV. The day is Vietnam's; without it yesterday."""
    if not agency.strip():
        raise Rejected("request.invalid", "name an agency's code")
    plan = parts.holder.plan
    told = stated(Statements(parts.journal.store), plan, agency, day or day_before(parts.clock.now()))
    if not told.lines and not plan.directory.knows(agency):
        raise NotFound(f"nothing was sent on {told.day} by {agency}, and no agency of this code is known")
    return {
        "agency": told.agency,
        "day": told.day.isoformat(),
        "copies": len(told.lines),
        "counts": [{"state": state, "reason": reason, "count": n} for (state, reason), n in told.counts.items()],
        "not_arrived": list(map(_line, told.not_arrived)),
        "csv": told.csv(),
    }


def _line(line: Line) -> StatementLine:
    return {
        "document_id": line.document_id,
        "number": line.number,
        "type": line.type,
        "kind": line.kind,
        "recipient": line.recipient,
        "state": line.state,
        "reason": line.reason,
        "accepted_at": iso(line.accepted_at),
        "changed_at": iso(line.changed_at),
    }
