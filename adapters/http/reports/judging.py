"""A body to a report that was judged by its regime: a packet as it came, or the packet a filled form makes."""

from __future__ import annotations

from dataclasses import dataclass

from bus.reports import Reports
from schemas.report.check import Circumstances, check, in_time
from schemas.report.data import Data, Narrative
from schemas.report.library import Library
from schemas.report.periods import PeriodUnknown
from schemas.report.problem import Problem, problem, refused
from schemas.report.sheet.reading import read_form


@dataclass(frozen=True, slots=True)
class Judged:
    """A report as far as there is one, what is wrong with it, and whom its regime sends it to."""

    report: Data | Narrative | None
    problems: tuple[Problem, ...] = ()
    recipients: tuple[str, ...] = ()
    #: No report could be made of a form.
    unreadable: bool = False

    @property
    def refused(self) -> bool:
        """Whether it may not come in."""
        return self.unreadable or refused(self.problems)


def judge(report: Data | Narrative, reports: Reports) -> Judged:
    """A packet."""
    library, at = reports.library(), reports.when(report)
    return Judged(report, check(report, library, at), _recipients(report, library, at))


def judge_sheet(data: bytes, reports: Reports, version: int, supersedes: int | None, form: str = "") -> Judged:
    """A filled form, XLSX or CSV; no report where ``form`` names another one."""
    library = reports.library()
    filled = read_form(data, library, version=version, supersedes=supersedes)
    if filled.report is None:
        return Judged(None, filled.problems, unreadable=True)
    if form and not _is_of(filled.report, form):
        return Judged(None, (problem("report.sheet_mark", expected=form),), unreadable=True)
    at = reports.when(filled.report)
    if at.unit(filled.report) == filled.report.reporting_unit:
        problems = (*filled.problems, *in_time(filled.report, library, at))
    else:
        problems = read_form(data, library, at, version=version, supersedes=supersedes).problems
    return Judged(filled.report, problems, _recipients(filled.report, library, at))


def _is_of(report: Data | Narrative, form: str) -> bool:
    return isinstance(report, Data) and report.form.code == form


def _recipients(report: Data | Narrative, library: Library, at: Circumstances) -> tuple[str, ...]:
    """Those of the regime: targets come from configuration."""
    regime = library.regime(report.regime, report.period.to)
    try:
        return regime.recipients_of(at.unit(report), regime.span(report.period.code)) if regime else ()
    except PeriodUnknown:
        return ()
