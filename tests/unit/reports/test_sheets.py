"""Forms as spreadsheets: out empty, in filled, back the same; and what people do to them."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from schemas.report.check import Circumstances
from schemas.report.data import Data
from schemas.report.problem import Problem, refused
from schemas.report.rules import RULES, Verdict
from schemas.report.sheet.reading import Filled, read_form
from schemas.report.sheet.writing import Content, content, csv, xlsx
from schemas.report.table import Table
from schemas.sheets.cells import place
from tests.reports import MINISTRY, UNIT, books, listed, matrix, packet

BOTH = pytest.mark.parametrize("write", [xlsx, csv], ids=["xlsx", "csv"])
HEADER = {"regime": "BC-MC", "period": "2025-Q1", "unit": UNIT}


def table(form: str = "MC-01", version: str = "2") -> Table:
    return books().forms[form, version]


def tables(report: Data) -> Table:
    return table(report.form.code, report.form.version)


def same(one: Data, other: Data) -> bool:
    """The same packet, figures in any order."""
    figures = [sorted(report.observations, key=repr) for report in (one, other)]
    return figures[0] == figures[1] and one.model_copy(update={"observations": ()}) == other.model_copy(
        update={"observations": ()}
    )


@BOTH
@pytest.mark.parametrize("said", [matrix(), listed()], ids=["matrix", "list"])
def test_a_report_goes_out_and_comes_back_the_same(write: Callable[..., bytes], said: dict[str, Any]) -> None:
    """Figures, days, header; nothing is wrong with it."""
    report = packet(said)
    filled = read_form(write(tables(report), content(report, tables(report))), books())

    assert filled.problems == ()
    assert filled.report == report


VALUES = st.decimals(min_value=0, max_value=100, places=2).map(str) | st.integers(0, 10**6).map(str) | st.none()
NOTES = st.none() | st.text(
    st.characters(codec="utf-8", categories=["L", "N", "P", "S", "Zs"]), min_size=1, max_size=20
)


@BOTH
@settings(max_examples=8)
@given(
    figures=st.lists(
        st.tuples(VALUES, NOTES, st.sampled_from(["normal", "provisional", "missing", "not_applicable"])),
        min_size=9,
        max_size=9,
    ),
    unit=st.sampled_from([UNIT, "007", "=1+1", "+84", "-x", "'quoted"]),
)
def test_any_figures_come_back_the_same(
    write: Callable[..., bytes], figures: list[tuple[Any, Any, str]], unit: str
) -> None:
    """Zeros at the end and in front, statuses, remarks, and texts that look like formulas."""
    said = matrix() | {"reportingUnit": unit, "reportId": f"BC-MC-MC-01-2025-Q1-{unit}"}
    for one, (value, note, status) in zip(said["observations"], figures, strict=False):
        filled = status in {"normal", "provisional"}
        one |= {
            "value": value or "1" if filled else None,
            "status": status,
            "note": " ".join((note or "").split()) or None,
        }
    report = packet(said)
    got = read_form(write(tables(report), content(report, tables(report))), books()).report

    assert got is not None
    assert same(got, report)


@BOTH
def test_an_empty_form_has_nothing_but_its_header_to_be_wrong(write: Callable[..., bytes]) -> None:
    """Handed out for a unit and a period, it lacks its figures and is no report yet; handed out blank, it lacks its header."""
    begun = read_form(write(table(), Content(HEADER)), books())
    assert {(one.rule, one.verdict) for one in begun.problems} == {("report.cell_missing", Verdict.REFUSE)}
    assert len(begun.problems) == 9
    assert begun.report is not None
    assert begun.report.period.to == date(2025, 3, 14)
    blank = read_form(write(table()), books())
    assert blank.report is None
    assert {one.rule for one in blank.problems} == {"report.sheet_header"}


@BOTH
def test_who_took_the_place_of_a_closed_unit_fills_in_its_form(write: Callable[..., bytes]) -> None:
    """The packet goes where that one's did."""
    heir, asked = Content({**HEADER, "unit": "000.00.99.H62"}), []

    def when(report: Data) -> Circumstances:
        asked.append(report.reporting_unit)
        return Circumstances(owed_by=UNIT)

    library = books(recipients_by_level={"department": [MINISTRY]})
    filled = read_form(write(table(), heir), library, when)
    assert {one.rule for one in filled.problems} == {"report.cell_missing"}
    assert filled.report is not None
    assert (filled.report.reporting_unit, filled.report.recipients) == ("000.00.99.H62", (MINISTRY,))
    assert (asked, filled.at.owed_by) == (["000.00.99.H62"], UNIT)


@cache
def right(kind: str) -> bytes:
    """A right report as a workbook."""
    report = packet(listed() if kind == "list" else matrix())
    return xlsx(tables(report), content(report, tables(report)))


def filled_in(change: Callable[[Any], object], kind: str = "matrix", **regime: Any) -> Filled:
    """A right report as a workbook that somebody changed by hand."""
    book = load_workbook(io.BytesIO(right(kind)))
    change(book.active)
    file = io.BytesIO()
    book.save(file)
    return read_form(file.getvalue(), books(**regime))


def put(cell: str, value: Any) -> Callable[[Any], None]:
    return lambda sheet: sheet.__setitem__(cell, value)


def told(filled: Filled) -> list[tuple[str, str, str]]:
    return [(one.rule, one.place, one.cell) for one in filled.problems]


#: What people do to the matrix, whose figures begin in D11, and what they are told: rule, cell of the sheet, cell of the report.
DONE: dict[str, tuple[Callable[[Any], object], list[tuple[str, str, str]]]] = {
    "comma": (put("E12", "1,5"), [("report.number", "E12", "I.1/online")]),
    "grouped": (put("E12", "1.200.000"), [("report.number", "E12", "I.1/online")]),
    "formula": (
        put("E12", "=SUM(E13:E14)"),
        [("report.sheet_formula", "E12", "I.1/online"), ("report.cell_missing", "E12", "I.1/online")],
    ),
    "date": (put("E12", date(2025, 3, 1)), [("report.number", "E12", "I.1/online")]),
    "long": (put("E12", "9" * 101), [("report.shape", "E12", "I.1/channel=online")]),
    "yes": (put("E12", True), [("report.number", "E12", "I.1/online")]),
    "emptied": (put("E12", None), [("report.cell_missing", "E12", "I.1/online")]),
    "apart": (put("E12", "x"), [("report.cell_missing", "E12", "I.1/online")]),
    "filled apart": (put("E14", 5), [("report.cell_not_applicable", "E14", "II/online")]),
    "total": (put("D11", 131), [("report.total", "D11", "I/all"), ("report.total", "D11", "I/all")]),
    "measure": (put("C14", "‰"), [("report.unit", "D14", "II/all")]),
    "merged": (lambda sheet: sheet.merge_cells("A2:C2"), [("report.sheet_merged", "A2", "")]),
    "heading": (put("E10", "Trực tiếp"), [("report.sheet_heading", "E10", "")]),
    "name": (put("B12", "Tiếp nhận mới"), [("report.sheet_heading", "B12", "")]),
    "beside": (put("H12", "ghi chú thêm"), [("report.sheet_extra", "H12", "")]),
    "another row": (put("A15", "IX"), [("report.indicator_unknown", "A15", "")]),
    "another column": (put("G9", "post"), [("report.breakdown_unknown", "G9", "")]),
    "regime": (put("B3", "BC-X"), [("report.regime_unknown", "B3", "")]),
    "period": (put("B4", "2025-M03"), [("report.period_unknown", "B4", "")]),
    "basis": (put("B5", "01/01/2025"), [("report.period_basis", "B5:B6", "")]),
    "days": (put("B6", "31/02/2025"), [("report.sheet_header", "B6", "")]),
    "unit": (put("B7", "000.00.99.H62"), [("report.not_owing", "B7", "")]),
    "no unit": (put("B7", None), [("report.sheet_header", "B7", "")]),
    "type": (put("B8", "sơ bộ"), [("report.sheet_header", "B8", "")]),
    "header formula": (put("B7", "=A1"), [("report.sheet_formula", "B7", ""), ("report.sheet_header", "B7", "")]),
    "version": (put("A1", "lienthong-bus report sheet 1|MC-01|1"), [("report.form_version", "A1", "")]),
    "mark": (put("A1", "MC-01"), [("report.sheet_mark", "", "")]),
    "form": (put("A1", "lienthong-bus report sheet 1|MC-9|1"), [("report.sheet_mark", "A1", "")]),
    "remark": (put("A17", "I.9/online"), [("report.sheet_extra", "A17", "")]),
    "remark status": (
        lambda sheet: (put("A17", "I/all")(sheet), put("B17", "đẹp")(sheet)),
        [("report.sheet_header", "B17", "I/all")],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", DONE)
def test_what_people_do_to_a_form_is_told_with_its_place(name: str) -> None:
    """Rule and cell, in both languages; nothing else is told."""
    change, expected = DONE[name]
    filled = filled_in(change)

    assert told(filled) == expected
    for one in filled.problems:
        assert all(one.place in one.text(language) and "{" not in one.text(language) for language in ("vi", "en"))
        assert one.sheet == ("" if one.rule == "report.sheet_mark" and name == "mark" else "Biểu số liệu")


def test_every_rule_of_sheets_is_broken_here() -> None:
    """Beside those above: a file that cannot be read, what was moved, what was lost."""
    broken = {rule for _, rules in DONE.values() for rule, _, _ in rules}
    sheets = {code for code in RULES if code.startswith("report.sheet_")}

    assert sheets - broken == {"report.sheet_unreadable", "report.sheet_moved", "report.sheet_lost"}


def swap(sheet: Any) -> None:
    """Columns E and F change places, codes, headings and all."""
    for row in range(9, 15):
        left, right = sheet.cell(row, 5), sheet.cell(row, 6)
        left.value, right.value = right.value, left.value


def test_a_moved_column_is_refused_or_read_where_it_is() -> None:
    """As the regime says; never into the wrong cell."""
    filled = filled_in(swap)
    assert told(filled) == [("report.sheet_moved", "F9", ""), ("report.sheet_moved", "E9", "")]
    assert refused(filled.problems)

    allowed = filled_in(swap, rules={"report.sheet_moved": "warn"})
    assert not refused(allowed.problems)
    assert allowed.report == packet(matrix())


def test_headings_alone_changed_places() -> None:
    """The codes say that figures stand under the wrong words."""

    def change(sheet: Any) -> None:
        sheet["E10"], sheet["F10"] = sheet["F10"].value, sheet["E10"].value

    assert told(filled_in(change)) == [("report.sheet_heading", "E10", ""), ("report.sheet_heading", "F10", "")]


def test_rows_put_in_sorted_and_taken_out() -> None:
    """A row put in moves those below; one that is gone is lost, and that is never let pass."""
    put_in = filled_in(lambda sheet: sheet.insert_rows(12))
    assert [rule for rule, _, _ in told(put_in)] == ["report.sheet_moved"] * 3
    gone = filled_in(lambda sheet: sheet.delete_rows(14))
    assert [rule for rule, _, _ in told(gone)] == ["report.sheet_lost"]
    assert refused(gone.problems)


def test_a_column_that_is_gone() -> None:
    """It is lost, those after it have moved, and its cells are missing."""
    rules = [rule for rule, _, _ in told(filled_in(lambda sheet: sheet.delete_cols(5)))]

    assert rules == ["report.sheet_lost", "report.sheet_moved", *["report.cell_missing"] * 3]


def test_a_list_is_read_whatever_its_days_were_typed_as() -> None:
    """A day of the program's own, and one as people write it; empty rows between are no rows."""

    def change(sheet: Any) -> None:
        sheet["C11"] = date(2025, 1, 20)
        sheet["C12"] = "28/2/2025"
        sheet.insert_rows(12)

    filled = filled_in(change, "list")
    assert filled.problems == ()
    assert filled.report == packet(listed())


@pytest.mark.parametrize(
    ("cell", "value", "expected"),
    [
        ("C12", "ngày mai", ("report.date", "C12", "2/ngay")),
        ("D12", "1,5", ("report.number", "D12", "2/tre")),
        ("E12", "mưa", ("report.choice", "E12", "2/ly-do")),
        ("B12", None, ("report.cell_missing", "B12", "2/so")),
        ("B12", "=A1", ("report.sheet_formula", "B12", "2/so")),
        ("D9", "tre2", ("report.sheet_lost", "D9", "")),
    ],
)
def test_what_is_wrong_in_a_list_is_told_with_its_place(cell: str, value: Any, expected: tuple[str, str, str]) -> None:
    """Row, field and cell of the sheet."""
    assert expected in told(filled_in(put(cell, value), "list"))


def test_a_formula_that_is_let_pass_is_an_empty_cell() -> None:
    """What it shows is known to the program that made it alone; so a cell that must be filled is still missing."""
    filled = filled_in(put("E12", "=1+1"), rules={"report.sheet_formula": "warn"})

    assert [(one.rule, one.verdict) for one in filled.problems] == [
        ("report.sheet_formula", Verdict.WARN),
        ("report.cell_missing", Verdict.REFUSE),
    ]


def test_the_form_is_found_behind_other_sheets() -> None:
    """A department may put sheets of its own before it, merged cells and all."""

    def change(sheet: Any) -> None:
        cover = sheet.parent.create_sheet("Bìa", 0)
        cover["A1"] = "Bìa"
        cover.merge_cells("A1:D4")

    assert filled_in(change).problems == ()


def test_only_figures_may_be_filled_in() -> None:
    """The sheet is locked but for them; codes are hidden."""
    sheet: Any = load_workbook(io.BytesIO(xlsx(table()))).active
    open_ = {cell.coordinate for row in sheet.iter_rows() for cell in row if not cell.protection.locked}

    assert sheet.protection.sheet
    assert {"D11", "F13", "B3", "B8", "A17"} <= open_
    assert not {"A11", "C11", "E14", "F14", "D9", "D10", "A1"} & open_
    assert [row for row in range(1, 20) if sheet.row_dimensions[row].hidden] == [1, 9]


@pytest.mark.parametrize(
    ("data", "rule"),
    [
        (b"", "report.sheet_mark"),
        (b"a;b\n1;2", "report.sheet_mark"),
        (b"\xff\xfe\x00", "report.sheet_unreadable"),
        (b"\x00\x01", "report.sheet_unreadable"),
        (b"PK\x03\x04 and then nothing", "report.sheet_unreadable"),
        (b"x" * ((5 << 20) + 1), "report.sheet_unreadable"),
        (b"lienthong-bus report sheet 1|MC-01|2\n" + b"\n" * 10 + b"a\n" * 6000, "report.sheet_unreadable"),
    ],
)
def test_what_is_no_form_is_refused(data: bytes, rule: str) -> None:
    """By one problem, in both languages."""
    filled = read_form(data, books())

    assert [(one.rule, one.verdict) for one in filled.problems] == [(rule, Verdict.REFUSE)]
    assert filled.report is None
    assert all(filled.problems[0].text(language) for language in ("vi", "en"))


def test_a_cell_far_away_is_refused_at_no_cost() -> None:
    """Just beyond the bounds it is told; far beyond it is not looked for."""
    assert [one.rule for one in filled_in(put("AY12", "1")).problems] == ["report.sheet_unreadable"]
    assert [one.rule for one in filled_in(put("A5102", "1")).problems] == ["report.sheet_unreadable"]
    assert filled_in(put("XFD60000", "1")).problems == ()


def test_merged_cells_as_many_as_there_are_cost_nothing() -> None:
    """A range of all cells there can be is a range like any other."""
    filled = filled_in(lambda sheet: sheet.merged_cells.ranges.add(_range("B20:XFD1048576")))

    assert told(filled) == [("report.sheet_merged", "B20", "")]


def _range(coordinates: str) -> Any:
    from openpyxl.worksheet.cell_range import CellRange

    return CellRange(coordinates)


@settings(max_examples=40)
@given(st.binary(max_size=200).map(lambda end: b"lienthong-bus report sheet 1|MC-01|2" + end))
def test_any_bytes_after_the_mark_are_read_or_refused(data: bytes) -> None:
    """No other error comes out."""
    assert all(isinstance(one, Problem) for one in read_form(data, books()).problems)


def test_a_workbook_of_somebody_else_is_no_form() -> None:
    """Without our mark it is refused, and what is in it is not looked at."""
    file = io.BytesIO()
    Workbook().save(file)

    assert [one.rule for one in read_form(file.getvalue(), books()).problems] == ["report.sheet_mark"]


@pytest.mark.parametrize(
    ("row", "column", "name"), [(1, 1, "A1"), (9, 26, "Z9"), (10, 27, "AA10"), (7, 702, "ZZ7"), (1, 16384, "XFD1")]
)
def test_cells_are_named_as_programs_name_them(row: int, column: int, name: str) -> None:
    """From A to XFD."""
    assert place(row, column) == name
