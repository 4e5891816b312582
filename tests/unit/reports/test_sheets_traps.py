"""Forms as they come back from programs for tables and from those who mean no good: what a cell shows, and what a small file unpacks to."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from typing import Any

import pytest

from schemas.report.sheet.reading import Filled, read_form
from schemas.report.sheet.writing import Content, csv
from tests.reports import books
from tests.unit.reports.test_sheets import HEADER, filled_in, right, told

SHEET, STYLES, BOOK = "xl/worksheets/sheet1.xml", "xl/styles.xml", "xl/workbook.xml"


def rewritten(part: str, change: Callable[[bytes], bytes]) -> bytes:
    """A right report as a workbook, with the bytes of one part changed."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(right("matrix"))) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, change(old.read(name)) if name == part else old.read(name))
    return out.getvalue()


def before(end: bytes, more: bytes) -> Callable[[bytes], bytes]:
    """More XML before a closing tag."""
    return lambda text: text.replace(end, more + end)


def typed(cell: str, value: Any, number_format: str) -> Callable[[Any], None]:
    """A value in a cell that shows it in a format."""

    def change(sheet: Any) -> None:
        sheet[cell] = value
        sheet[cell].number_format = number_format

    return change


def share(filled: Filled) -> str | None:
    """The one figure of the right report that is a percentage."""
    assert filled.report is not None
    return next(one.value for one in filled.report.observations if one.indicator == "II")


@pytest.mark.parametrize(
    ("value", "number_format", "expected"),
    [
        (0.98, "0%", "98"),
        (0.9818, "0.00%", "98.18"),
        (1, "0%", "100"),
        (0, "0%", "0"),
        (98.5, '0.0"%"', "98.5"),
        (98.5, "0.0\\%", "98.5"),
        ("98.18%", "@", "98.18"),
        ("98.18 %", "@", "98.18"),
    ],
)
def test_a_percentage_is_what_the_cell_shows(value: Any, number_format: str, expected: str) -> None:
    """Programs for tables keep 98% as 0.98: read so, a report would say less than one in a hundred."""
    filled = filled_in(typed("D14", value, number_format))

    assert (told(filled), share(filled)) == ([], expected)


def test_a_percentage_where_things_are_counted_is_no_number() -> None:
    """Nobody knows what was meant, so it is told."""
    assert told(filled_in(typed("E12", 1.05, "0%"))) == [("report.number", "E12", "I.1/online")]


def test_a_number_kept_in_binary_is_read_as_it_shows() -> None:
    """Some programs write all seventeen digits of 29, which is 0.29 a hundred times."""
    data = rewritten(SHEET, lambda text: text.replace(b"<v>98.18000000000001</v>", b"<v>28.999999999999996</v>"))
    filled = read_form(data, books())

    assert (told(filled), share(filled)) == ([], "29")


@pytest.mark.parametrize("form", ["| |2", "|MC-01| ", "|MC\x0701|2", "|" + "M" * 101 + "|2", "|2"])
def test_a_mark_that_names_no_form(form: str) -> None:
    """Whatever stands in the hidden row."""
    data = csv(books().forms["MC-01", "2"], Content(HEADER)).replace(b"|MC-01|2", form.encode())

    assert [one.rule for one in read_form(data, books()).problems] == ["report.sheet_mark"]


@pytest.mark.parametrize(
    ("part", "change"),
    [
        (SHEET, before(b"</sheetData>", b'<row r="60">' + b'<c r="A60"/>' * 300_001 + b"</row>")),
        (SHEET, before(b"</sheetData>", b"<v>" * 1_000_000 + b"</v>" * 1_000_000)),
        (STYLES, before(b"</cellXfs>", b"<xf/>" * 30_001)),
        (BOOK, before(b"</sheets>", b'<sheet name="a"/>' * 201)),
        (BOOK, before(b"</workbook>", b"<x:definedName/>" * 30_001)),
    ],
)
def test_a_small_file_with_more_in_it_than_anybody_types_is_refused_unread(
    part: str, change: Callable[[bytes], bytes]
) -> None:
    """A hundred kilobytes of cells, styles or names would keep the bus busy for minutes, in gigabytes."""
    filled = read_form(rewritten(part, change), books())

    assert [one.rule for one in filled.problems] == ["report.sheet_unreadable"]
    assert "far more" in filled.problems[0].text("en")
