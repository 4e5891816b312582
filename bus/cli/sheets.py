"""A file of rows as people make one: CSV (UTF-8, ``;`` or ``,``) or XLSX, as a table with a heading.

A cell is text or it is refused: a number has lost its zeros, a formula says what it says only in the program that made it.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bus.errors import BusError
from schemas.sheets import text, workbook
from schemas.sheets.cells import Bounds, Cell, FileInvalid, Kind
from schemas.sheets.guard import LARGEST

#: Rows with their heading; columns.
ROWS, COLUMNS = 5001, 50
_BOUNDS = Bounds(ROWS, COLUMNS)

#: One row by the names of its columns, as they are in the heading.
Cells = Mapping[str, str]


class SheetInvalid(BusError):
    """A file that is no table of texts; says where."""


@dataclass(frozen=True, slots=True)
class Table:
    """The heading, and each row that is not empty with its number in the file (the heading is row 1)."""

    heading: tuple[str, ...]
    rows: tuple[tuple[int, Cells], ...]


def read(path: Path) -> Table:
    """The table in a file; of a workbook the first sheet. Raises SheetInvalid."""
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
    except OSError as error:
        raise SheetInvalid(f"{path} cannot be read: {error.strerror}") from error
    if len(data) > LARGEST:
        raise SheetInvalid(f"{path} is larger than {LARGEST >> 20} MB")
    try:
        lines = list(_workbook(data) if workbook.is_workbook(data) else text.rows(data, _BOUNDS))
    except FileInvalid as error:
        raise SheetInvalid(str(error)) from error
    if not lines or not any(lines[0]):
        raise SheetInvalid("row 1: there is no heading")
    return _table([[_clean(cell) for cell in line] for line in lines])


def _table(lines: Sequence[Sequence[str]]) -> Table:
    heading = [*lines[0]]
    while heading and not heading[-1]:
        heading.pop()
    rows = []
    for number, line in enumerate(lines[1:], 2):
        if any(line[len(heading) :]):
            raise SheetInvalid(f"row {number}: there is more in it than the heading has columns")
        if any(line):
            filled = [*line, *[""] * len(heading)][: len(heading)]
            rows.append((number, dict(zip(heading, filled, strict=True))))
    return Table(tuple(heading), tuple(rows))


def _clean(cell: str) -> str:
    return unicodedata.normalize("NFC", cell).strip()


def _workbook(data: bytes) -> Iterator[Sequence[str]]:
    with workbook.opened(data, _BOUNDS) as sheets:
        if not sheets:
            raise SheetInvalid("this XLSX file has no sheet")
        for number, row in enumerate(sheets[0].rows(), 1):
            yield [_text(number, column, cell) for column, cell in enumerate(row, 1)]


def _text(row: int, column: int, cell: Cell) -> str:
    if cell.kind is Kind.FORMULA:
        raise SheetInvalid(f"row {row}, column {column}: a formula stands here; write what it shows, as text")
    if cell.kind is not Kind.TEXT:
        raise SheetInvalid(
            f"row {row}, column {column}: this is a number or date; write it as text, for zeros get lost"
        )
    return cell.text
