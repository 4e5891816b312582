"""Where things stand in a form as a spreadsheet: the same in XLSX and in CSV, so that one reader reads both.

Row 1 (hidden) marks whose form this is, row 2 its name; rows 3 to 8 say what the report is about; row 9 (hidden) has the codes of the
columns, row 10 their headings, and from row 11 on stand the figures. Of a matrix the first three columns have the indicator's code,
name and unit; of a list the first column counts. Below a matrix, after the word in ``NOTES``, single figures may be remarked on.
"""

from __future__ import annotations

from pydantic import ValidationError

from schemas.report.base import Reference
from schemas.report.form import Form, FormKind
from schemas.sheets.cells import Bounds

TITLE = "Biểu số liệu"
#: The first word of the mark; its number changes with the layout.
MARK = "lienthong-bus report sheet 1"
CODES, HEADINGS, FIRST = 9, 10, 11
CODE, NAME, UNIT = "#", "#ten", "#dvt"
NOTES = "#ghi-chu"
#: What stands in a cell that means nothing.
APART = "x"
#: Remarks a matrix has room for, and rows a list has besides those in it.
ROOM, LIST_ROOM = 40, 500
BOUNDS = Bounds(5101, 50)

#: Rows of the header, from row 3: what they are called here and by people.
HEADER = (
    ("regime", "Chế độ báo cáo / Regime"),
    ("period", "Kỳ báo cáo / Period"),
    ("from", "Số liệu từ ngày / Data from"),
    ("to", "Số liệu đến ngày / Data to"),
    ("unit", "Đơn vị báo cáo / Reporting unit"),
    ("data_type", "Loại số liệu / Data type"),
)
HEADER_FIRST = 3
_MATRIX = ((CODE, "Mã / Code"), (NAME, "Chỉ tiêu / Indicator"), (UNIT, "Đơn vị tính / Unit"))
_LIST = ((CODE, "STT / No."),)


def mark(form: Form) -> str:
    """What row 1 says of a form."""
    return f"{MARK}|{form.code}|{form.version}"


def marked(text: str) -> Reference | None:
    """The form a mark is of; None if it is none of ours."""
    if not text.startswith(f"{MARK}|"):
        return None
    code, _, version = text.removeprefix(f"{MARK}|").rpartition("|")
    try:
        return Reference(code=code, version=version)
    except ValidationError:
        return None


def columns(form: Form) -> list[tuple[str, str]]:
    """Codes and headings of all columns, in order."""
    if form.kind is FormKind.MATRIX:
        return [*_MATRIX, *((one.code, one.name) for one in form.columns)]
    return [*_LIST, *((one.code, one.name) for one in form.fields)]
