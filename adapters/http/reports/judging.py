"""A body to a report that was judged by its regime: a packet as it came, or the packet a filled form makes."""

from __future__ import annotations

from dataclasses import dataclass

from bus.reports import Reports
from schemas.report.check import Circumstances, check
from schemas.report.data import Data, Narrative
from schemas.report.library import Library
from schemas.report.periods import PeriodUnknown
from schemas.report.problem import Problem, refused
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
    filled = read_form(data, library, reports.when, version=version, supersedes=supersedes, code=form)
    if filled.report is None:
        return Judged(None, filled.problems, unreadable=True)
    return Judged(filled.report, filled.problems, _recipients(filled.report, library, filled.at))


def _recipients(report: Data | Narrative, library: Library, at: Circumstances) -> tuple[str, ...]:
    """Those of the regime: targets come from configuration."""
    regime = library.regime(report.regime, report.period.to)
    try:
        return regime.recipients_of(at.unit(report), regime.span(report.period.code)) if regime else ()
    except PeriodUnknown:
        return ()
