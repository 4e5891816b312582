"""What stands in a cell: a kind and a text, whatever file it is in."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What a cell is to the program it was made with. An empty one is an empty text."""

    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    FORMULA = "formula"
    #: Yes and no, times of day, errors.
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Cell:
    """``text`` of a number is its digits (of a percentage with ``%`` after them), of a date ``2025-03-14`` (with a time after it where it has one); of a formula none."""

    kind: Kind
    text: str


EMPTY = Cell(Kind.TEXT, "")


class FileInvalid(ValueError):
    """A file that is not read; says where and why, in English and Vietnamese."""

    def __init__(self, what: str, what_vi: str) -> None:
        super().__init__(what)
        self.what_vi = what_vi


@dataclass(frozen=True, slots=True)
class Bounds:
    """Rows with their headings, and columns, that a table has at the most."""

    rows: int
    columns: int

    def check(self, rows: int, columns: int) -> None:
        """Raises FileInvalid."""
        if rows > self.rows or columns > self.columns:
            raise FileInvalid(
                f"row {rows}: a file has {self.rows - 1} rows and {self.columns} columns at the most",
                f"dòng {rows}: tệp có tối đa {self.rows - 1} dòng và {self.columns} cột",
            )


def place(row: int, column: int) -> str:
    """A cell as programs for tables name it; both from 1: ``C7``."""
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return f"{letters}{row}"
