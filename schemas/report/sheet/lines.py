"""Where the rows and columns of a form are in a sheet, found by their codes; what was moved, lost, written over or put beside them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from schemas.report.form import FormKind
from schemas.report.problem import Problem, problem
from schemas.report.sheet.grid import Grid
from schemas.report.sheet.layout import CODE, CODES, FIRST, HEADINGS, NAME, NOTES, columns
from schemas.report.table import Table
from schemas.sheets.cells import EMPTY, place


@dataclass(frozen=True, slots=True)
class Lines:
    """Rows (of a matrix) and columns by code, and the row after the last figure."""

    columns: Mapping[str, int]
    rows: Mapping[str, int]
    end: int


def lines(sheet: Grid, table: Table) -> Lines:
    """Where things stand; of a code that stands there twice, the first."""
    across = {sheet.text(CODES, column): column for column in range(sheet.width, 0, -1) if sheet.text(CODES, column)}
    first = across.get(CODE, 1)
    last = len(sheet.lines) + 1
    end = next((row for row in range(FIRST, last) if sheet.text(row, first) == NOTES), last)
    if table.form.kind is FormKind.LIST:
        return Lines(across, {}, end)
    return Lines(
        across, {sheet.text(row, first): row for row in range(end - 1, FIRST - 1, -1) if sheet.text(row, first)}, end
    )


def misplaced(sheet: Grid, table: Table, found: Lines) -> Iterator[Problem]:
    """What is not where the form has it, or not in it; headings that were written over."""
    named = columns(table.form)
    for column, (code, heading) in enumerate(named, 1):
        yield from _line(code, heading, found.columns.get(code), column, across=True)
        yield from _heading(sheet, HEADINGS, found.columns.get(code), heading)
    for row, one in enumerate(table.form.indicators, FIRST):
        yield from _line(one.code, one.name, found.rows.get(one.code), row, across=False)
        if one.code in found.rows:
            yield from _heading(sheet, found.rows[one.code], found.columns.get(NAME), one.name)
    yield from _beside(sheet, table, found, frozenset(code for code, _ in named))
    yield from (problem("report.sheet_merged", place=one.partition(":")[0], given=one) for one in sheet.merged)


def _line(code: str, name: str, at: int | None, expected: int, *, across: bool) -> Iterator[Problem]:
    where = place(CODES, at or expected) if across else place(at or expected, 1)
    if at is None:
        yield problem("report.sheet_lost", place=where, given=f"{code} {name}")
    elif at != expected:
        yield problem("report.sheet_moved", place=where, given=f"{code} {name}")


def _heading(sheet: Grid, row: int, column: int | None, expected: str) -> Iterator[Problem]:
    given = sheet.text(row, column) if column else expected
    if " ".join(given.split()) != " ".join(expected.split()):
        yield problem("report.sheet_heading", place=place(row, column or 1), given=given, expected=expected)


def _beside(sheet: Grid, table: Table, found: Lines, known: frozenset[str]) -> Iterator[Problem]:
    """Columns and rows that are not the form's: named by their code where they have one, else by what stands in them first."""
    across, down = range(1, sheet.width + 1), range(FIRST, found.end)
    for column in across:
        code = sheet.text(CODES, column)
        if code and (code not in known or found.columns[code] != column):
            yield problem("report.breakdown_unknown", place=place(CODES, column), given=code)
        elif not code:
            yield from _first(sheet, ((row, column) for row in range(HEADINGS, found.end)))
    for row in down if table.form.kind is FormKind.MATRIX else ():
        code = sheet.text(row, found.columns.get(CODE, 1))
        if code and (code not in table.rows or found.rows[code] != row):
            yield problem("report.indicator_unknown", place=place(row, 1), given=code)
        elif not code:
            yield from _first(sheet, ((row, column) for column in across))


def _first(sheet: Grid, cells: Iterator[tuple[int, int]]) -> Iterator[Problem]:
    there = next(((row, column) for row, column in cells if sheet.cell(row, column) != EMPTY), None)
    if there:
        yield problem("report.sheet_extra", place=place(*there), given=sheet.text(*there))
