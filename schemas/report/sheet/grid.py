"""A filled form as cells with their places, whether it came as XLSX or as CSV."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from schemas.report.sheet.layout import BOUNDS, MARK
from schemas.report.sheet.writing import unquoted
from schemas.sheets import text, workbook
from schemas.sheets.cells import EMPTY, Cell, Kind
from schemas.sheets.guard import check_size

_FORMULA = ("=", "+", "@")


@dataclass(frozen=True, slots=True)
class Grid:
    """The sheet a form stands in; a CSV file has no title. Rows and columns are counted from 1; what is not there is empty."""

    title: str
    lines: Sequence[Sequence[Cell]]
    merged: tuple[str, ...] = ()

    def cell(self, row: int, column: int) -> Cell:
        """What stands there."""
        line = self.lines[row - 1] if row <= len(self.lines) else ()
        return line[column - 1] if column <= len(line) else EMPTY

    def text(self, row: int, column: int) -> str:
        """Its text."""
        return self.cell(row, column).text

    @property
    def width(self) -> int:
        """Columns of its longest row."""
        return max(map(len, self.lines), default=0)


def grid(data: bytes) -> Grid | None:
    """The sheet of a file that bears our mark; None where none does. Raises FileInvalid."""
    check_size(data)
    if not workbook.is_workbook(data):
        lines = [[_written(one) for one in line] for line in text.rows(data, BOUNDS)]
        found = Grid("", lines)
        return found if found.text(1, 1).startswith(MARK) else None
    with workbook.opened(data, BOUNDS) as sheets:
        for sheet in sheets:
            rows = sheet.rows()
            first = [_clean(one) for one in next(rows, ())]
            if first and first[0].text.startswith(MARK):
                return Grid(sheet.title, [first, *([_clean(one) for one in row] for row in rows)], sheet.merged())
    return None


def _clean(cell: Cell) -> Cell:
    said = unicodedata.normalize("NFC", cell.text).strip()
    return Cell(cell.kind, said) if said or cell.kind is Kind.FORMULA else EMPTY


def _written(said: str) -> Cell:
    cleaned = unicodedata.normalize("NFC", said).strip()
    if cleaned.startswith(_FORMULA):
        return Cell(Kind.FORMULA, "")
    return Cell(Kind.TEXT, unquoted(cleaned)) if cleaned else EMPTY
