"""Whether the figures of a matrix are right, cell by cell and total by total; all that is wrong, each with its cell."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal

from schemas.report.data import Observation, ObservationStatus
from schemas.report.form import Indicator, Total, cell
from schemas.report.numbers import decimals, number, plain
from schemas.report.problem import Problem, problem
from schemas.report.table import Table, members, spelled

_FILLED = frozenset({ObservationStatus.NORMAL, ObservationStatus.PROVISIONAL})


def check_matrix(observations: Iterable[Observation], table: Table) -> Iterator[Problem]:
    """The problems of all figures, then cells left out, then totals."""
    seen: dict[str, Observation] = {}
    for one in observations:
        column = table.by_members.get(members(one.breakdown))
        if one.indicator not in table.rows:
            yield problem("report.indicator_unknown", spelled(one.indicator, one.breakdown), given=one.indicator)
        elif column is None:
            name = spelled(one.indicator, one.breakdown)
            yield problem("report.breakdown_unknown", name, given=name.rpartition("/")[2])
        elif (name := cell(one.indicator, column)) in seen:
            yield problem("report.cell_twice", name)
        else:
            seen[name] = one
            yield from _figure(one, name, table)
    yield from (problem("report.cell_missing", name) for name in table.mandatory if _empty(seen.get(name)))
    yield from _totals(table, {name: found for name, one in seen.items() if (found := _value(one)) is not None})


def _empty(one: Observation | None) -> bool:
    return one is None or one.value is None


def _value(one: Observation) -> Decimal | None:
    return None if one.value is None else number(one.value)


def _figure(one: Observation, name: str, table: Table) -> Iterator[Problem]:
    row = table.rows[one.indicator]
    if one.unit != row.unit:
        yield problem("report.unit", name, given=one.unit, expected=row.unit)
    if (one.value is not None) != (one.status in _FILLED):
        yield problem("report.status", name, given=one.value or "", expected=one.status)
    if one.value is not None and name in table.not_applicable:
        yield problem("report.cell_not_applicable", name, given=one.value)
    elif one.value is not None:
        yield from _number(one.value, name, row)


def _number(text: str, name: str, row: Indicator) -> Iterator[Problem]:
    value = number(text)
    if value is None:
        yield problem("report.number", name, given=text)
        return
    if decimals(text) > row.decimals:
        yield problem("report.decimals", name, given=text, expected=row.decimals)
    low, high = (Decimal(one) if one is not None else None for one in (row.minimum, row.maximum))
    if low is not None and value < low:
        yield problem("report.range", name, given=text, expected=f"at least {low}", expected_vi=f"từ {low} trở lên")
    if high is not None and value > high:
        yield problem("report.range", name, given=text, expected=f"at most {high}", expected_vi=f"không quá {high}")


def _totals(table: Table, values: Mapping[str, Decimal]) -> Iterator[Problem]:
    for total in table.form.totals:
        across = total.of == "columns"
        for line in table.rows if across else table.columns:
            named = {code: cell(line, code) if across else cell(code, line) for code in _codes(total)}
            yield from _total(total, named, values, table.not_applicable)


def _codes(total: Total) -> tuple[str, ...]:
    return (total.total, *total.parts, *total.minus)


def _total(
    total: Total, named: Mapping[str, str], values: Mapping[str, Decimal], apart: frozenset[str]
) -> Iterator[Problem]:
    """A total with a part that is missing cannot be checked; parts that mean nothing add nothing."""
    counted = {code: name for code, name in named.items() if name not in apart}
    if total.total not in counted or len(counted) < 2 or any(name not in values for name in counted.values()):
        return
    parts = sum((values[counted[code]] for code in total.parts if code in counted), Decimal())
    parts -= sum((values[counted[code]] for code in total.minus if code in counted), Decimal())
    given = values[counted[total.total]]
    if abs(given - parts) > Decimal(total.tolerance):
        yield problem("report.total", named[total.total], given=plain(given), expected=plain(parts))
