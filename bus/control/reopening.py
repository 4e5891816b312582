"""Periods of a regime that are closed and take reports again, until a day or until somebody closes them.

An operator who belongs to an office opens what that office follows, and nothing else.
"""

from __future__ import annotations

from datetime import date

from bus.clock import iso
from bus.control.answers.expectations import ReopenedPeriods, ReopenedTold
from bus.control.expecting import offices, spelled
from bus.control.parts import Parts
from bus.control.reports import regimes_of
from bus.errors import NotFound, Rejected
from bus.expectation.times import day_of, end_of
from bus.journal.granting import Reopened, named, reopenings
from schemas.report.periods import PeriodUnknown
from schemas.report.regime import Regime, Span


def reopened(parts: Parts) -> ReopenedPeriods:
    """Periods that were closed and take reports again."""
    return {"rows": [_told(one) for one in _reopened(parts)]}


def reopen(
    parts: Parts, regime: str, period: str, unit: str = "", until: date | None = None, reason: str = ""
) -> ReopenedTold:
    """Let a closed period of a regime take reports again: of one unit, or of all; until the end of a day, or until somebody closes it.
    Raises NotFound for what is not owed, Rejected for a period that never closes, a day that is past, or no reason.
    """
    if not reason.strip():
        raise Rejected("request.invalid", "say why: it is kept with the period and in the audit")
    found, span = _regime(parts, regime, period)
    if found.closes_after is None:
        raise Rejected("request.invalid", f"the periods of {regime} never close: it has no 'closes_after'")
    now, canonical = parts.clock.now(), parts.holder.plan.directory.canonical
    if unit and canonical(unit) not in {canonical(one.unit) for one in found.owing(span)}:
        raise NotFound(f"{unit} does not owe {regime} for {period}")
    if until and until < day_of(now):
        raise Rejected("request.invalid", f"{until} is past")
    whose, last = canonical(unit) if unit else "", end_of(until) if until else None
    row = Reopened(named(regime, period, whose), regime, period, whose, parts.who, reason, now, last)
    parts.journal.grant("reopened", row).result()
    parts.mark.change({}, {"open": row.id, "until": iso(last)})
    return _told(row)


def close(parts: Parts, regime: str, period: str, unit: str = "", reason: str = "") -> ReopenedTold:  # noqa: ARG001 - kept in the audit
    """Close a period again that was opened for one unit, or for all. Raises NotFound where it was not."""
    id_ = named(regime, period, parts.holder.plan.directory.canonical(unit) if unit else "")
    row = next((one for one in _reopened(parts) if one.id == id_), None)
    if row is None or not parts.journal.grant("closed", id_).result():
        raise NotFound(f"{regime} {period} was not opened again{f' for {unit}' if unit else ''}")
    parts.mark.change({"open": row.id, "until": iso(row.until)}, {})
    return _told(row)


def _regime(parts: Parts, code: str, period: str) -> tuple[Regime, Span]:
    """The regime that is owed for a period, where the operator follows it. Raises NotFound."""
    library = regimes_of(parts).library()
    for one in library.regimes.get(code, ()) if _follows(parts, code) else ():
        try:
            span = one.span(period)
        except PeriodUnknown:
            continue
        if library.regime(code, span.data_to) is one:
            return one, span
    raise NotFound(f"there is no regime {code} that is owed for {period}")


def _reopened(parts: Parts) -> list[Reopened]:
    """Those that hold and that the operator follows."""
    now = parts.clock.now()
    return [one for one in reopenings(parts.journal.store) if one.holds(now) and _follows(parts, one.regime)]


def _follows(parts: Parts, code: str) -> bool:
    own = offices(parts, "")
    versions = regimes_of(parts).library().regimes.get(code, ())
    return not own or any(not set(own).isdisjoint(spelled(parts.holder.plan, one.office)) for one in versions)


def _told(one: Reopened) -> ReopenedTold:
    return {
        "regime": one.regime,
        "period": one.period,
        "unit": one.unit,
        "by": one.by,
        "reason": one.reason,
        "at": iso(one.at),
        "until": str(day_of(one.until - 1)) if one.until else None,
    }
