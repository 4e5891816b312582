"""A report in a partner's words: what its names in templates stand for, once its sums were found right.

What the partner has no word for, a period or a figure, is refused and named: nothing is guessed, and a wrong sum is never sent.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal

from adapters.http.facts import once
from adapters.http.report_settings import ReportSettings, SumRule
from bus.errors import FailureClass, Refused
from bus.message import Claim
from schemas.report import peer_periods, periods
from schemas.report.data import Data, ReportPeriod
from schemas.report.numbers import number, plain
from schemas.report.peer_periods import PEERS, NoPeerCode
from schemas.report.periods import Basis, Period, PeriodUnknown
from schemas.report.reading import PacketInvalid, read
from schemas.report.table import spelled


def of_report(settings: ReportSettings, body: Claim) -> Mapping[str, Callable[[], object]]:
    """What each name stands for; the packet is read when the first of them is asked. They raise Refused."""
    report = once(lambda: _checked(settings, body))
    peer = once(lambda: _peer(settings, report()[0]))
    told: dict[str, Callable[[], object]] = {
        "report.id": lambda: report()[0].report_id,
        "report.version": lambda: report()[0].version,
        "report.regime": lambda: report()[0].regime,
        "report.form": lambda: report()[0].form.code,
        "report.period": lambda: report()[0].period.code,
        "report.from": lambda: report()[0].period.from_,
        "report.to": lambda: report()[0].period.to,
        "report.unit": lambda: report()[0].reporting_unit,
        "report.dataType": lambda: str(report()[0].data_type),
        "report.rows": lambda: _rows(settings, report()[0]),
    }
    cells = {f"cell.{name}": _asking(lambda one: _figure(settings, report()[1], one), name) for name in settings.cells}
    peers = (name for name in settings.names if name.startswith("peer."))
    return {**told, **cells, **{name: _asking(lambda one: peer().get(one, ""), name[5:]) for name in peers}}


def _asking(look_up: Callable[[str], object], name: str) -> Callable[[], object]:
    return lambda: look_up(name)


def _checked(settings: ReportSettings, body: Claim) -> tuple[Data, Mapping[str, str]]:
    """The report and its figures by cell. Raises Refused."""
    try:
        with body.open() as file:
            report = read(file.read())
    except PacketInvalid as error:
        raise _refused("this is no packet of a report (JSON)") from error
    if not isinstance(report, Data):
        raise _refused("this partner takes the figures of reports, and nothing else")
    figures = {spelled(one.indicator, one.breakdown): one.value for one in report.observations if one.value is not None}
    for rule in settings.sums:
        _check(settings, rule, figures)
    return report, figures


def _check(settings: ReportSettings, rule: SumRule, figures: Mapping[str, str]) -> None:
    total, parts = (_sum(settings, figures, names) for names in (rule.total, rule.parts))
    if total != parts:
        names = " + ".join(rule.total), " + ".join(rule.parts)
        raise _refused(f"rule {rule.rule}: {names[0]} is {plain(total)}, {names[1]} is {plain(parts)}")


def _sum(settings: ReportSettings, figures: Mapping[str, str], names: Iterable[str]) -> Decimal:
    total = Decimal()
    for name in names:
        found = number(_figure(settings, figures, name))
        if found is None:
            raise _refused(f"{name}: what stands in cell {settings.cells[name]} is no number")
        total += found
    return total


def _figure(settings: ReportSettings, figures: Mapping[str, str], name: str) -> str:
    cell = settings.cells[name]
    if cell not in figures:
        raise _refused(f"{name}: the report has no figure in cell {cell}")
    return figures[cell]


def _rows(settings: ReportSettings, report: Data) -> list[dict[str, str]]:
    return [{theirs: row.values.get(ours, "") for theirs, ours in settings.rows.items()} for row in report.rows]


def _peer(settings: ReportSettings, report: Data) -> Mapping[str, str | int | bool]:
    assert settings.periods
    try:
        return peer_periods.write(PEERS[settings.periods], _period(report.period))
    except (NoPeerCode, PeriodUnknown) as error:
        raise _refused(str(error)) from error


def _period(said: ReportPeriod) -> Period:
    return periods.period(said.code, _basis(said))


def _basis(said: ReportPeriod) -> Basis:
    if said.basis == "custom":
        return periods.custom(said.to.day)
    return periods.ND09 if said.basis == "nd09" else periods.CALENDAR


def _refused(words: str) -> Refused:
    return Refused(FailureClass.SCHEMA, words)
