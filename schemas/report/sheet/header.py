"""What a filled form is about: regime, period, days, unit, type of figures, each from its row, and what is wrong with them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from types import MappingProxyType

from schemas.report.library import Library, in_force
from schemas.report.periods import PeriodUnknown
from schemas.report.problem import Problem, problem
from schemas.report.regime import DataType, Regime, Span
from schemas.report.sheet.grid import Grid
from schemas.report.sheet.layout import HEADER, HEADER_FIRST
from schemas.sheets.cells import Kind, place

_ROWS = MappingProxyType({name: row for row, (name, _) in enumerate(HEADER, HEADER_FIRST)})
#: Where a report says what breaks these rules.
PLACES = MappingProxyType(
    {
        "report.sheet_mark": place(1, 1),
        "report.form_unknown": place(1, 1),
        "report.form_version": place(1, 1),
        "report.period_closed": place(_ROWS["period"], 2),
        "report.late": place(_ROWS["period"], 2),
        "report.period_basis": f"{place(_ROWS['from'], 2)}:{place(_ROWS['to'], 2)}",
        "report.not_owing": place(_ROWS["unit"], 2),
        "report.data_type": place(_ROWS["data_type"], 2),
    }
)
_DAY = re.compile(r"(?:(\d{4})-(\d\d?)-(\d\d?)|(\d\d?)/(\d\d?)/(\d{4}))(?:T.*)?", re.ASCII)
_TYPES_VI = MappingProxyType(
    {
        "kế hoạch": DataType.PLAN,
        "ước tính": DataType.ESTIMATE,
        "thực hiện": DataType.PERFORMED,
        "chính thức": DataType.OFFICIAL,
    }
)


@dataclass(frozen=True, slots=True)
class Header:
    """What a sheet is about. Days that were not filled in are those of the period."""

    regime: Regime
    span: Span
    data_from: date
    data_to: date
    unit: str
    data_type: DataType


class _Wrong(Exception):
    """One row of the header, and what is wrong with it."""

    def __init__(self, row: str, found: Problem) -> None:
        super().__init__(found.rule)
        self.found = replace(found, place=place(_ROWS[row], 2))


def header(sheet: Grid, library: Library) -> Header | tuple[Problem, ...]:
    """The header, or everything that is wrong with it."""
    said = {name: sheet.text(row, 2) for name, row in _ROWS.items()}
    wrong = list(_formulas(sheet))
    found: dict[str, date | None] = {}
    for name in ("from", "to"):
        try:
            found[name] = _day(name, said[name])
        except _Wrong as one:
            wrong.append(one.found)
    try:
        unit, data_type = _unit(said["unit"]), _data_type(said["data_type"])
        regime, span = _span(said, library)
    except _Wrong as one:
        wrong.append(one.found)
    if wrong:
        return tuple(wrong)
    begin, end = found["from"] or span.data_from, found["to"] or span.data_to
    return Header(regime, span, begin, end, unit, data_type or regime.data_types[0])


def _formulas(sheet: Grid) -> Iterator[Problem]:
    for name, row in _ROWS.items():
        if sheet.cell(row, 2).kind is Kind.FORMULA:
            yield _Wrong(name, problem("report.sheet_formula")).found


def _day(name: str, said: str) -> date | None:
    if not said:
        return None
    found = day(said)
    if found is None:
        raise _Wrong(name, problem("report.sheet_header", given=said, expected="day", expected_vi="ngày"))
    return found


def day(said: str) -> date | None:
    """A day as people write it: ``2025-03-14``, ``14/3/2025``. None if it is none."""
    parts = _DAY.fullmatch(said)
    if parts is None:
        return None
    year, month, number = parts.group(1, 2, 3) if parts[1] else parts.group(6, 5, 4)
    try:
        return date(int(year), int(month), int(number))
    except ValueError:
        return None


def _unit(said: str) -> str:
    if not said:
        expected = {"expected": "reporting unit's code", "expected_vi": "mã đơn vị báo cáo"}
        raise _Wrong("unit", problem("report.sheet_header", given=said, **expected))
    return said


def _data_type(said: str) -> DataType | None:
    words: Mapping[str, DataType] = {**_TYPES_VI, **{str(one): one for one in DataType}}
    if said and said.casefold() not in words:
        expected = {"expected": f"one of: {', '.join(DataType)}", "expected_vi": f"một trong: {', '.join(_TYPES_VI)}"}
        raise _Wrong("data_type", problem("report.sheet_header", given=said, **expected))
    return words.get(said.casefold())


def _span(said: Mapping[str, str], library: Library) -> tuple[Regime, Span]:
    """The newest version of the regime that has the period and holds for its data."""
    versions = library.regimes.get(said["regime"])
    if not versions:
        raise _Wrong("regime", problem("report.regime_unknown", given=said["regime"]))
    for regime in reversed(versions):
        with suppress(PeriodUnknown):
            span = regime.span(said["period"])
            if in_force(regime, span.data_to):
                return regime, span
    expected = ", ".join(versions[-1].owed_for)
    raise _Wrong("period", problem("report.period_unknown", given=said["period"], expected=expected))
