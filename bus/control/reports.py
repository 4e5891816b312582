"""Reports: what is due, what is overdue, how one stands, the calendar, and reminders by hand.

An operator who belongs to an office sees and chases what that office follows, and nothing else.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Annotated

from pydantic import Field

from bus.clock import micros
from bus.control.answers.expectations import Calendar, Dated, Reminders, ReminderTold, Reports
from bus.control.expecting import Limit, in_force, offices, owed, spelled
from bus.control.parts import Parts
from bus.directory import Directory
from bus.errors import NotFound, Rejected
from bus.expectation.duties import Duty
from bus.expectation.regimes import Regimes
from bus.expectation.reminding import letter, remind
from bus.expectation.rules import owing
from bus.expectation.times import day_of, start_of
from bus.journal.expectation_reads import ExpectationReads, Which
from bus.journal.expecting import Expectation

#: What people look ahead at the most.
_LONGEST = timedelta(days=800)
_KIND = "report"
#: Reminders of one order.
_MOST = 1000
Days = Annotated[int, Field(ge=0, le=366)]


def due(
    parts: Parts, days: Days = 14, unit: str = "", regime: str = "", office: str = "", limit: Limit = 1000
) -> Reports:
    """Reports that are owed and due within so many days from now, the nearest first."""
    now = parts.clock.now()
    until = now + micros(timedelta(days=days))
    return _reports(parts, _which(parts, unit, regime, office, limit, since=now, before=until))


def overdue(parts: Parts, unit: str = "", regime: str = "", office: str = "", limit: Limit = 1000) -> Reports:
    """Reports that are owed and whose time has passed, the longest overdue first."""
    return _reports(parts, _which(parts, unit, regime, office, limit, before=parts.clock.now()))


def waived(parts: Parts, unit: str = "", regime: str = "", office: str = "", limit: Limit = 1000) -> Reports:
    """Reports that were waived and have not come, with who waived them and why."""
    return _reports(parts, replace(_which(parts, unit, regime, office, limit), waived=True))


def show(parts: Parts, report: str, office: str = "", limit: Limit = 1000) -> Reports:
    """Everything known of reports: ``regime``, ``regime|form``, ``regime|form|period`` or with the unit too; open ones first, then those that
    were waived.
    Raises NotFound where there is none.
    """
    owed = _which(parts, "", report, office, limit)
    lists = (owed, replace(owed, waived=True), replace(owed, closed=True))
    found = [one for which in lists for one in _rows(parts, which)]
    if not found:
        _check_regime(regimes_of(parts), report)
        raise NotFound(f"no report {report} is owed or has come")
    return _told(parts, found[:limit])


def calendar(
    parts: Parts,
    since: date | None = None,
    until: date | None = None,
    unit: str = "",
    regime: str = "",
    office: str = "",
) -> Calendar:
    """What the regimes ask for between two days, both included: today and ninety days on, where nothing is said.
    Raises Rejected for a stretch of more than two years.
    """
    start = since or day_of(parts.clock.now())
    end = until or start + timedelta(days=90)
    check_stretch(start, end)
    regimes = regimes_of(parts)
    meant = _Meant(parts.holder.plan.directory, unit, regime, offices(parts, office))
    duties = [duty for duty in regimes.duties().between(start, end) if meant.holds(duty)]
    if not duties:
        _check_regime(regimes, regime)
    return {"dates": _dates(duties), "problems": _problems(parts, regimes)}


def remind_now(
    parts: Parts,
    unit: str = "",
    regime: str = "",
    office: str = "",
    within_days: Days = 0,
    dry_run: bool = False,
) -> Reminders:
    """Remind who owes reports that are overdue, or due within so many days. Of one report nobody is reminded by hand twice a day.
    Raises Rejected where the bus has no agency code to write under, and for more than a thousand at once.
    """
    if not parts.settings.agency_code:
        raise Rejected("request.invalid", "a reminder goes as a document: set BUS_AGENCY_CODE")
    now = parts.clock.now()
    before = now + micros(timedelta(days=within_days))
    rows = _rows(parts, _which(parts, unit, regime, office, _MOST + 1, before=before))
    if not rows:
        _check_regime(regimes_of(parts), regime)
    if len(rows) > _MOST:
        raise Rejected("request.invalid", f"more than {_MOST} reports are meant: name a unit, a regime or an office")
    told = [_remind(parts, row, start_of(day_of(now)), dry_run=dry_run) for row in rows]
    refused = sum(bool(one["error"]) for one in told)
    return {"dry_run": dry_run, "done": 0 if dry_run else len(told) - refused, "refused": refused, "rows": told}


def _remind(parts: Parts, row: Expectation, at: int, *, dry_run: bool) -> ReminderTold:
    who = owing(parts.holder.plan.directory, row.who, parts.clock.now())
    error = ""
    if not dry_run:
        try:
            remind(parts.ingress, parts.settings.agency_code, row, at, who)
        except Rejected as refusal:
            error = f"{refusal.code}: {refusal}"
    return {"id": row.id, "who": who, "subject": letter(row, at).subject, "error": error}


def _which(
    parts: Parts,
    unit: str,
    report: str,
    office: str,
    limit: int,
    *,
    since: int | None = None,
    before: int | None = None,
) -> Which:
    return Which(
        rules=in_force(parts.holder.plan),
        kind=_KIND,
        who=spelled(parts.holder.plan, unit),
        offices=offices(parts, office),
        key=report,
        since=since,
        before=before,
        limit=limit,
    )


def _reports(parts: Parts, which: Which) -> Reports:
    rows = _rows(parts, which)
    if not rows:
        _check_regime(regimes_of(parts), which.key)
    return _told(parts, rows)


def _rows(parts: Parts, which: Which) -> list[Expectation]:
    return ExpectationReads(parts.journal.store).listed(which) if which.rules else []


def _told(parts: Parts, rows: Sequence[Expectation]) -> Reports:
    now = parts.clock.now()
    problems = [*_problems(parts, regimes_of(parts)), *_no_rule(parts)]
    return {"rows": [owed(parts, row, now) for row in rows], "problems": problems}


def _problems(parts: Parts, regimes: Regimes) -> list[str]:
    """Why regimes in force are not those of the file, or there are none."""
    if regimes.library().regimes or regimes.problems:
        return list(regimes.problems)
    return [f"{parts.settings.regimes.name} (BUS_REGIMES) is not there or names no regime: nobody owes a report"]


def _no_rule(parts: Parts) -> list[str]:
    if any(one.on == _KIND for one in parts.holder.plan.routes.expectations):
        return []
    return ["no rule under expectations: in the routes file waits for reports: write one with 'on: report'"]


def _check_regime(regimes: Regimes, code: str) -> None:
    """Of what nothing is known it is said which there are; ``code`` may go on with form and period. Raises NotFound."""
    known, code = regimes.library().regimes, code.partition("|")[0]
    if code and known and code not in known:
        raise NotFound(f"there is no regime {code}; there are {', '.join(sorted(known))}")


def check_stretch(start: date, end: date) -> None:
    """Raises Rejected for a stretch of more than two years, or for none."""
    if not start <= end <= start + _LONGEST:
        raise Rejected("request.invalid", f"since and until: at most {_LONGEST.days} days, in this order")


@dataclass(frozen=True, slots=True)
class _Meant:
    """Which duties are meant; empty words ask nothing."""

    directory: Directory
    unit: str
    regime: str
    offices: tuple[str, ...]

    def holds(self, duty: Duty) -> bool:
        same = self.directory.canonical
        mine = not self.unit or same(duty.unit) == same(self.unit)
        return mine and self.regime in ("", duty.regime) and (not self.offices or same(duty.office) in self.offices)


def regimes_of(parts: Parts) -> Regimes:
    """Those the daemon keeps, or, where none runs, what the file says now."""
    return parts.regimes or Regimes(parts.settings.regimes)


def _dates(duties: Sequence[Duty]) -> list[Dated]:
    groups: dict[tuple[date, str, str, str, str], list[Duty]] = {}
    for duty in duties:
        groups.setdefault((duty.due, duty.regime, duty.form, duty.period, duty.level), []).append(duty)
    return [_dated(groups[key]) for key in sorted(groups)]


def _dated(some: Sequence[Duty]) -> Dated:
    first = some[0]
    return {
        "regime": first.regime,
        "form": first.form,
        "period": first.period,
        "name": first.name,
        "office": first.office,
        "level": first.level,
        "data_from": first.data_from.isoformat(),
        "data_to": first.data_to.isoformat(),
        "due": first.due.isoformat(),
        "units": [duty.unit for duty in some],
    }
