"""A report in a partner's words: what its names in templates stand for, once its sums were found right.

What the partner has no word for, a period or a figure, is refused and named: nothing is guessed, and a wrong sum is never sent.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from adapters.http.facts import once
from adapters.http.report_figures import Figures, refused
from adapters.http.report_files import placed
from adapters.http.report_rows import field, rows
from adapters.http.report_settings import ReportSettings
from bus.message import Claim
from schemas.report import peer_periods, periods
from schemas.report.data import Data, ReportPeriod
from schemas.report.peer_periods import PEERS, NoPeerCode
from schemas.report.periods import Basis, Period, PeriodUnknown
from schemas.report.reading import PacketInvalid, read

Makers = Mapping[str, Callable[[], object]]


def of_report(settings: ReportSettings, body: Claim) -> Makers:
    """What each name stands for; the packet is read when the first of them is asked. They raise Refused."""
    report = once(lambda: _checked(settings, body))
    return {**_of_any(settings, report), **_of_figures(settings, report), **_of_files(settings, report)}


def _of_any(settings: ReportSettings, report: Callable[[], Data]) -> Makers:
    """What a report says whatever its form is, and the partner's fields of its period."""
    peer = once(lambda: _peer(settings, report()))
    peers = (name for name in settings.names if name.startswith("peer."))
    return {
        "report.id": lambda: report().report_id,
        "report.version": lambda: report().version,
        "report.regime": lambda: report().regime,
        "report.form": lambda: report().form.code,
        "report.period": lambda: report().period.code,
        "report.from": lambda: report().period.from_,
        "report.to": lambda: report().period.to,
        "report.unit": lambda: report().reporting_unit,
        "report.dataType": lambda: str(report().data_type),
        "report.count": lambda: len(report().rows) or len(report().observations),
        **{name: _asking(lambda one: peer().get(one, ""), name[5:]) for name in peers},
    }


def _of_figures(settings: ReportSettings, report: Callable[[], Data]) -> Makers:
    figures = once(lambda: Figures(settings, report()))
    cells = {f"cell.{name}": _asking(lambda one: figures().text(one), name) for name in settings.cells}
    percents = {f"percent.{one.name}": _asking(lambda it: figures().percent(it), one.name) for one in settings.percents}
    fields = {f"field.{name}": _asking(lambda one: field(settings, report(), one), name) for name in settings.rows}
    return {"report.rows": lambda: rows(settings, report()), **cells, **percents, **fields}


def _of_files(settings: ReportSettings, report: Callable[[], Data]) -> Makers:
    files = once(lambda: placed(settings, report()))

    def said(name: str, member: str) -> object:
        return getattr(files()[name], member) if name in files() else ""

    inside = {f"attachment.{name}": _asking(lambda one: said(one, "inline"), name) for name in settings.files}
    return {
        **inside,
        **{f"attachment.{name}.name": _asking(lambda one: said(one, "name"), name) for name in settings.files},
    }


def _asking(look_up: Callable[[str], object], name: str) -> Callable[[], object]:
    return lambda: look_up(name)


def _checked(settings: ReportSettings, body: Claim) -> Data:
    """The report, whose figures agree and whose files have a place. Raises Refused."""
    try:
        with body.open() as file:
            report = read(file.read())
    except PacketInvalid as error:
        raise refused("this is no packet of a report (JSON)") from error
    if not isinstance(report, Data):
        raise refused("this partner takes the figures of reports, and nothing else")
    Figures(settings, report).check()
    placed(settings, report)
    return report


def _peer(settings: ReportSettings, report: Data) -> Mapping[str, str | int | bool]:
    assert settings.periods
    try:
        return peer_periods.write(PEERS[settings.periods], _period(report.period))
    except (NoPeerCode, PeriodUnknown) as error:
        raise refused(str(error)) from error


def _period(said: ReportPeriod) -> Period:
    return periods.period(said.code, _basis(said))


def _basis(said: ReportPeriod) -> Basis:
    if said.basis == "custom":
        return periods.custom(said.to.day)
    return periods.ND09 if said.basis == "nd09" else periods.CALENDAR
