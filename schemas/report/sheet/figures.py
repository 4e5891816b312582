"""The figures of a matrix and the rows of a list as a sheet has them, each with the place it stands in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from schemas.report.data import ObservationStatus
from schemas.report.form import FieldType, cell
from schemas.report.problem import Problem, problem
from schemas.report.sheet.grid import Grid
from schemas.report.sheet.header import day
from schemas.report.sheet.layout import APART, FIRST, UNIT
from schemas.report.sheet.lines import Lines
from schemas.report.table import Table, spelled
from schemas.sheets.cells import EMPTY, Cell, Kind, place

#: The unit of measure of a percentage.
PERCENT = "%"


@dataclass(slots=True)
class Figures:
    """What was read: figures by cell, as the packet has them, or rows; problems; and where each cell of the report stands."""

    by_cell: dict[str, dict[str, Any]] = field(default_factory=dict)
    rows: list[dict[str, str]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    places: dict[str, str] = field(default_factory=dict)

    def formula(self, name: str) -> None:
        """A formula stands there: what it shows is known to the program that made it alone."""
        self.problems.append(problem("report.sheet_formula", name, place=self.places[name]))


def matrix(sheet: Grid, table: Table, found: Lines) -> Figures:
    """The figures of a matrix."""
    figures = Figures()
    for code, row in table.rows.items():
        at = found.rows.get(code)
        unit = sheet.text(at, found.columns[UNIT]) if at and UNIT in found.columns else row.unit
        for column, one in table.columns.items():
            if at and column in found.columns:
                name = cell(code, column)
                figures.places[name] = place(at, found.columns[column])
                figures.places[spelled(code, one.breakdown)] = figures.places[name]
                said = _written(sheet.cell(at, found.columns[column]), row.unit)
                observed = {"indicator": code, "breakdown": dict(one.breakdown), "unit": unit}
                _figure(figures, said, name, observed, apart=name in table.not_applicable)
    for row_at in range(found.end + 1, len(sheet.lines) + 1):
        _note(figures, sheet, row_at, table)
    return figures


def _figure(figures: Figures, said: Cell, name: str, observed: dict[str, Any], *, apart: bool) -> None:
    if said.kind is Kind.FORMULA:
        figures.formula(name)
    elif said.text.casefold() == APART:
        if not apart:
            figures.by_cell[name] = observed | {"value": None, "status": ObservationStatus.NOT_APPLICABLE}
    elif said != EMPTY:
        figures.by_cell[name] = observed | {"value": said.text}


def _written(said: Cell, unit: str | None) -> Cell:
    """What stands in a cell, without the sign of percent where the form counts in percent."""
    return Cell(said.kind, said.text.removesuffix("%").rstrip()) if unit == PERCENT else said


def _note(figures: Figures, sheet: Grid, row: int, table: Table) -> None:
    """A remark on a figure: its cell, what it is, and words."""
    name, status, words = (sheet.text(row, column) for column in (1, 2, 3))
    if not (name or status or words):
        return
    if name not in figures.places:
        figures.problems.append(problem("report.sheet_extra", place=place(row, 1), given=name or status or words))
        return
    if status and status not in set(ObservationStatus):
        expected = {"expected": f"one of: {', '.join(ObservationStatus)}"}
        wrong = problem("report.sheet_header", name, place=place(row, 2), given=status, **expected)
        figures.problems.append(wrong)
        return
    code, _, column = name.rpartition("/")
    empty = {"indicator": code, "breakdown": dict(table.columns[column].breakdown), "unit": table.rows[code].unit}
    observed = figures.by_cell.setdefault(name, empty | {"value": None})
    observed |= {"status": status} if status else {}
    observed |= {"note": words} if words else {}


def listed(sheet: Grid, table: Table, found: Lines) -> Figures:
    """The rows of a list, without those nothing stands in."""
    figures = Figures()
    across = {code: found.columns[code] for code in table.fields if code in found.columns}
    for at in range(FIRST, len(sheet.lines) + 1):
        cells = {code: _written(sheet.cell(at, column), table.fields[code].unit) for code, column in across.items()}
        if any(one != EMPTY for one in cells.values()):
            number = str(len(figures.rows) + 1)
            figures.places |= {cell(number, code): place(at, column) for code, column in across.items()}
            for code, one in cells.items():
                if one.kind is Kind.FORMULA:
                    figures.formula(cell(number, code))
            figures.rows.append(dict(_values(cells, table)))
    return figures


def _values(cells: dict[str, Cell], table: Table) -> Iterator[tuple[str, str]]:
    for code, one in cells.items():
        if one.text:
            written = day(one.text) if table.fields[code].type is FieldType.DATE else None
            yield code, written.isoformat() if written else one.text
