"""Whether the values of a set of indicators are right: known, in their unit, broken down as the set says, numbers, each once, none left out."""

from __future__ import annotations

from collections.abc import Iterator

from schemas.report.data import Observation, ObservationStatus
from schemas.report.kpi import KpiData, KpiSet, Measure
from schemas.report.numbers import number
from schemas.report.problem import Problem, problem
from schemas.report.table import spelled


def check_kpi(data: KpiData, measured: KpiSet) -> tuple[Problem, ...]:
    """All problems of the values, in their order; then the indicators there are no values of."""
    if (data.set.code, data.set.version) != (measured.code, measured.version):
        given, expected = (f"{one.code} {one.version}" for one in (data.set, measured))
        return (problem("report.form_version", given=given, expected=expected),)
    return tuple(_values(data, {one.code: one for one in measured.measures}))


def _values(data: KpiData, measures: dict[str, Measure]) -> Iterator[Problem]:
    seen: set[str] = set()
    for one in data.values:
        name = spelled(one.indicator, one.breakdown)
        if one.indicator not in measures:
            yield problem("report.indicator_unknown", name, given=one.indicator)
        elif name in seen:
            yield problem("report.cell_twice", name)
        else:
            yield from _value(one, name, measures[one.indicator])
        seen.add(name)
    told = {one.indicator for one in data.values}
    yield from (problem("report.cell_missing", code) for code in measures if code not in told)


def _value(one: Observation, name: str, measure: Measure) -> Iterator[Problem]:
    strange = sorted(one.breakdown.keys() - set(measure.breakdowns))
    if strange:
        yield problem("report.breakdown_unknown", name, given=", ".join(strange))
    if one.unit != measure.unit:
        yield problem("report.unit", name, given=one.unit, expected=measure.unit)
    filled = one.status in {ObservationStatus.NORMAL, ObservationStatus.PROVISIONAL}
    if (one.value is not None) != filled:
        yield problem("report.status", name, given=one.value or "", expected=one.status)
    if one.value is not None and number(one.value) is None:
        yield problem("report.number", name, given=one.value)
