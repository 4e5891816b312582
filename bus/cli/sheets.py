"""A file of rows as people make one: CSV (UTF-8, ``;`` or ``,``) or XLSX. The one home of openpyxl.

Bounded in every way, for such a file comes by mail: bytes, bytes unpacked, rows, columns. A cell is text or it is refused: a number has
lost its zeros, a formula says what it says only in the program that made it.
"""

from __future__ import annotations

import csv
import io
import unicodedata
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from bus.errors import BusError

#: Bytes of a file, and of all that is packed in it; rows with their heading; columns.
_LARGEST, _UNPACKED, _PARTS = 5 << 20, 60 << 20, 2000
ROWS, COLUMNS = 5001, 50
_XML = (".xml", ".rels", ".vml")

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
            data = file.read(_LARGEST + 1)
    except OSError as error:
        raise SheetInvalid(f"{path} cannot be read: {error.strerror}") from error
    if len(data) > _LARGEST:
        raise SheetInvalid(f"{path} is larger than {_LARGEST >> 20} MB")
    lines = list(_workbook(data) if data.startswith(b"PK\x03\x04") else _csv(data))
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


def _csv(data: bytes) -> Iterator[Sequence[str]]:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        row = data[: error.start].count(b"\n") + 1
        raise SheetInvalid(f"row {row}: this is not UTF-8; save it as CSV UTF-8") from None
    if "\0" in text:
        raise SheetInvalid("this is neither a CSV file nor an XLSX file")
    first = text.partition("\n")[0]
    try:
        for number, line in enumerate(
            csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(first), strict=True), 1
        ):
            _check_size(number, len(line))
            yield line
    except csv.Error as error:
        raise SheetInvalid(f"this is no CSV file: {error}") from None


def _delimiter(heading: str) -> str:
    return max(";,\t", key=heading.count)


def _workbook(data: bytes) -> Iterator[Sequence[str]]:
    _check_package(data)
    try:
        book: Any = load_workbook(io.BytesIO(data), read_only=True, keep_links=False)
    except (InvalidFileException, zipfile.BadZipFile, OSError, ValueError, KeyError, TypeError, SyntaxError) as error:
        raise SheetInvalid(f"this is no XLSX file: {error}") from error
    try:
        for number, row in enumerate(book.worksheets[0].iter_rows(max_row=ROWS + 1, max_col=COLUMNS + 1), 1):
            line = [_text(number, column, cell) for column, cell in enumerate(row, 1)]
            _check_size(number, len(line) if any(line[COLUMNS:]) else 0)
            if number <= ROWS or any(line):
                yield line
    except (IndexError, zipfile.BadZipFile, OSError, ValueError, KeyError, TypeError, SyntaxError) as error:
        raise SheetInvalid(f"this XLSX file cannot be read: {error}") from error
    finally:
        book.close()


def _check_package(data: bytes) -> None:
    """Refuse what unpacks to more than anybody types, and XML that declares things of its own."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            parts = package.infolist()
            if len(parts) > _PARTS or sum(part.file_size for part in parts) > _UNPACKED:
                raise SheetInvalid(f"what is packed in it is larger than {_UNPACKED >> 20} MB")
            for part in parts:
                if part.filename.lower().endswith(_XML):
                    _check_xml(package.read(part))
    except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError, EOFError) as error:
        raise SheetInvalid(f"this is no XLSX file: {error}") from error


def _check_xml(text: bytes) -> None:
    if b"\0" in text or b"<!DOCTYPE" in text or b"<!ENTITY" in text:
        raise SheetInvalid("this XLSX file declares things of its own in its XML: no program for tables does")


def _text(row: int, column: int, cell: Any) -> str:
    value = cell.value
    if value is None:
        return ""
    if cell.data_type == "f":
        raise SheetInvalid(f"row {row}, column {column}: a formula stands here; write what it shows, as text")
    if not isinstance(value, str):
        raise SheetInvalid(
            f"row {row}, column {column}: this is a number or date; write it as text, for zeros get lost"
        )
    return value


def _check_size(rows: int, columns: int) -> None:
    if rows > ROWS or columns > COLUMNS:
        raise SheetInvalid(f"row {rows}: a file has {ROWS - 1} rows and {COLUMNS} columns at the most")
