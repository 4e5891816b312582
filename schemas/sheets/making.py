"""XLSX out: one sheet, locked but for the cells that are to be filled in."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font, PatternFill, Protection

from schemas.sheets.cells import Cell, Kind

_INK, _FILL = Font(bold=True), PatternFill("solid", fgColor="FFF2CC")
_UNLOCKED, _WRAPPED = Protection(locked=False), Alignment(wrap_text=True, vertical="top")
_TEXT = "@"
#: What a program for tables keeps of a number.
_DIGITS = 15


@dataclass(frozen=True, slots=True)
class Page:
    """A sheet to be made. Rows and columns are counted from 1."""

    title: str
    rows: Sequence[Sequence[Cell]]
    hidden: frozenset[int] = frozenset()
    bold: frozenset[int] = frozenset()
    #: Cells that may be filled in, as row and column, and which of them are text whatever is typed.
    open: frozenset[tuple[int, int]] = frozenset()
    as_text: frozenset[tuple[int, int]] = frozenset()
    widths: Mapping[str, int] = field(default_factory=dict)


def workbook(page: Page) -> bytes:
    """The page as a file."""
    book = Workbook()
    sheet: Any = book.active
    sheet.title = page.title
    for number, row in enumerate(page.rows, 1):
        for column, cell in enumerate(row, 1):
            _put(sheet.cell(number, column), cell)
    _dress(sheet, page)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _put(target: Any, cell: Cell) -> None:
    if not cell.text:
        return
    exact = cell.kind is Kind.NUMBER and sum(map(str.isdigit, cell.text)) <= _DIGITS
    if exact and f"{float(cell.text):.15g}" == cell.text:
        target.value = float(cell.text) if "." in cell.text else int(cell.text)
        return
    target.value = ILLEGAL_CHARACTERS_RE.sub("", cell.text)
    target.data_type = "s"  # a text that begins with '=' is a text


def _dress(sheet: Any, page: Page) -> None:
    for number in page.hidden:
        sheet.row_dimensions[number].hidden = True
    for letter, width in page.widths.items():
        sheet.column_dimensions[letter].width = width
    for row in sheet.iter_rows():
        for cell in row:
            cell.alignment = _WRAPPED
            if cell.row in page.bold:
                cell.font = _INK
    for row, column in page.open:
        cell = sheet.cell(row, column)
        cell.protection, cell.fill = _UNLOCKED, _FILL
        if (row, column) in page.as_text:
            cell.number_format = _TEXT
    sheet.protection.sheet = True
