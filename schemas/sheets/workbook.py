"""An XLSX file, sheet by sheet and row by row, never the whole of it at once: a cell in the last row of the last column costs nothing."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from itertools import islice
from typing import Any

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from schemas.sheets.cells import EMPTY, Bounds, Cell, FileInvalid, Kind
from schemas.sheets.guard import check_package

_BROKEN = (InvalidFileException, zipfile.BadZipFile, OSError, ValueError, KeyError, TypeError, SyntaxError, IndexError)
_MERGED = re.compile(rb"<(?:\w+:)?mergeCell\s[^<>]*?ref=\"([A-Z]{1,3}\d{1,7}:[A-Z]{1,3}\d{1,7})\"")
#: What of a number's format is shown as it stands there; a percent sign outside it has the number shown a hundredfold.
_QUOTED = re.compile(r'"[^"]*"|\\.')
#: What a program for tables shows of a number that it keeps in binary.
_DIGITS = ".15g"
#: Ranges of merged cells that are told; nobody puts more right one by one.
_TOLD = 50


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet of an open workbook."""

    title: str
    _sheet: Any
    _data: bytes
    _bounds: Bounds

    def rows(self) -> Iterator[tuple[Cell, ...]]:
        """Every row, the empty ones too. Raises FileInvalid, also where there is more than the bounds."""
        most, across = self._bounds.rows, self._bounds.columns
        try:
            for number, row in enumerate(self._sheet.iter_rows(max_row=most + 1, max_col=across + 1), 1):
                line = tuple(_cell(one) for one in row)
                self._bounds.check(number if _filled(line) else 0, len(line) if _filled(line[across:]) else 0)
                if number <= most:
                    yield line
        except FileInvalid:
            raise
        except _BROKEN as error:
            raise _unreadable(error) from error

    def merged(self) -> tuple[str, ...]:
        """The ranges of cells that are merged, as ``A1:C1``; the first of them where there are very many."""
        path = self._sheet._worksheet_path  # noqa: SLF001 - read row by row, it says nowhere else which part it is
        with zipfile.ZipFile(io.BytesIO(self._data)) as package:
            text = package.read(path)
        return tuple(one[1].decode() for one in islice(_MERGED.finditer(text), _TOLD))


def is_workbook(data: bytes) -> bool:
    """Whether a file says of itself that it is a package."""
    return data.startswith(b"PK\x03\x04")


@contextmanager
def opened(data: bytes, bounds: Bounds) -> Iterator[tuple[Sheet, ...]]:
    """The sheets of a workbook, for as long as it is open. Raises FileInvalid."""
    check_package(data)
    try:
        book: Any = load_workbook(io.BytesIO(data), read_only=True, keep_links=False)
    except _BROKEN as error:
        raise FileInvalid(f"this is no XLSX file: {error}", "đây không phải tệp XLSX") from error
    try:
        yield tuple(Sheet(one.title, one, data, bounds) for one in book.worksheets)
    finally:
        book.close()


def _unreadable(error: Exception) -> FileInvalid:
    return FileInvalid(f"this XLSX file cannot be read: {error}", "không đọc được tệp XLSX này")


def _filled(line: tuple[Cell, ...]) -> bool:
    return any(one != EMPTY for one in line)


def _cell(cell: Any) -> Cell:
    value = cell.value
    if value is None:
        return EMPTY
    if cell.data_type == "f":
        return Cell(Kind.FORMULA, "")
    if isinstance(value, str):
        return Cell(Kind.OTHER if cell.data_type == "e" else Kind.TEXT, value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return Cell(Kind.NUMBER, _shown(value, cell.number_format))
    return _typed(value)


def _shown(value: float, number_format: str) -> str:
    """A number as people see it: 0.98 in a cell of percentages is 98%."""
    exact = Decimal(value if isinstance(value, int) else format(value, _DIGITS))
    if "%" in _QUOTED.sub("", number_format or ""):
        return f"{(exact * 100).normalize():f}%"
    return f"{exact:f}"


def _typed(value: object) -> Cell:
    if isinstance(value, bool | time):
        return Cell(Kind.OTHER, str(value).upper())
    if isinstance(value, datetime):
        return Cell(Kind.DATE, (value.date() if value.time() == time() else value).isoformat())
    return Cell(Kind.DATE if isinstance(value, date) else Kind.OTHER, str(value))
