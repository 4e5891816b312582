"""A form as a spreadsheet: empty, begun for a unit and period, or with a report's figures in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from schemas.report.data import Data, Observation, ObservationStatus
from schemas.report.form import FieldType, Form, FormKind, cell
from schemas.report.numbers import number
from schemas.report.sheet.layout import (
    APART,
    CODES,
    FIRST,
    HEADER,
    HEADER_FIRST,
    HEADINGS,
    LIST_ROOM,
    NOTES,
    ROOM,
    TITLE,
    columns,
    mark,
)
from schemas.report.table import Table, members
from schemas.sheets import text
from schemas.sheets.cells import EMPTY, Cell, Kind, place
from schemas.sheets.making import Page, workbook

#: What programs for tables take for the beginning of a formula, and the mark that says it is none.
_FORMULA, _QUOTE = ("=", "+", "-", "@", "\t", "\r"), "'"


@dataclass(frozen=True, slots=True)
class Content:
    """What is filled in: header by the names of :data:`schemas.report.sheet.layout.HEADER`, figures by cell, rows of a list, remarks."""

    header: Mapping[str, str] = field(default_factory=dict)
    figures: Mapping[str, str] = field(default_factory=dict)
    rows: Sequence[Mapping[str, str]] = ()
    notes: Sequence[tuple[str, str, str]] = ()


def content(report: Data, table: Table) -> Content:
    """A report's content as the form has it. Figures the form has no cell for are left out."""
    said = report.period
    header = {
        "regime": report.regime,
        "period": said.code,
        "from": said.from_.isoformat(),
        "to": said.to.isoformat(),
        "unit": report.reporting_unit,
        "data_type": report.data_type,
    }
    named = {cell(one.indicator, table.by_members.get(members(one.breakdown), "")): one for one in report.observations}
    figures = {name: _figure(one) for name, one in named.items()}
    notes = [(name, one.status, one.note or "") for name, one in named.items() if _remarked(one)]
    return Content(header, figures, [row.values for row in report.rows], notes)


def _figure(one: Observation) -> str:
    return APART if one.status is ObservationStatus.NOT_APPLICABLE else one.value or ""


def _remarked(one: Observation) -> bool:
    return bool(one.note) or one.status in {ObservationStatus.PROVISIONAL, ObservationStatus.MISSING}


def xlsx(table: Table, filled: Content | None = None) -> bytes:
    """The form as XLSX, locked but for what is to be filled in."""
    form, filled = table.form, filled or Content()
    rows = list(_rows(table, filled))
    inputs = frozenset(_inputs(table, rows))
    texts = frozenset(_texts(form, inputs))
    matrix = form.kind is FormKind.MATRIX
    widths = {"A": 28, "B": 44 if matrix else 24} | {
        place(1, one)[:-1]: 16 for one in range(3, len(rows[CODES - 1]) + 1)
    }
    return workbook(Page(TITLE, rows, frozenset({1, CODES}), frozenset({2, HEADINGS}), inputs, texts, widths))


def csv(table: Table, filled: Content | None = None) -> bytes:
    """The form as CSV, as far as something stands in it."""
    rows = list(_rows(table, filled or Content()))
    while not any(one.text for one in rows[-1]):
        rows.pop()
    return text.written([_safe(one) for one in row] for row in rows)


def _safe(one: Cell) -> str:
    starts = one.text.startswith((*_FORMULA, _QUOTE)) and number(one.text) is None
    return _QUOTE + one.text if starts else one.text


def unquoted(said: str) -> str:
    """A text of CSV without the mark that it is no formula."""
    return said[1:] if said.startswith(_QUOTE) and said[1:].startswith((*_FORMULA, _QUOTE)) else said


def _rows(table: Table, filled: Content) -> Iterator[Sequence[Cell]]:
    form = table.form
    named = columns(form)
    width = max(3, len(named))
    yield _line([mark(form)], width)
    yield _line([form.name], width)
    for name, label in HEADER:
        yield _line([label, filled.header.get(name, "")], width)
    yield _line([code for code, _ in named], width)
    yield _line([heading for _, heading in named], width)
    yield from _matrix(table, filled, width) if form.kind is FormKind.MATRIX else _list(form, filled, width)


def _line(texts: Sequence[str], width: int) -> list[Cell]:
    return [Cell(Kind.TEXT, one) if one else EMPTY for one in texts] + [EMPTY] * (width - len(texts))


def _matrix(table: Table, filled: Content, width: int) -> Iterator[Sequence[Cell]]:
    for row in table.form.indicators:
        names = (cell(row.code, one.code) for one in table.form.columns)
        figures = (APART if name in table.not_applicable else filled.figures.get(name, "") for name in names)
        yield [*_line([row.code, row.name, row.unit], 3), *(_cell(one) for one in figures)]
    yield _line([], width)
    yield _line([NOTES, "Trạng thái / Status", "Ghi chú / Note"], width)
    yield from (_line(one, width) for one in filled.notes)
    yield from (_line([], width) for _ in range(ROOM))


def _list(form: Form, filled: Content, width: int) -> Iterator[Sequence[Cell]]:
    for count, row in enumerate(filled.rows, 1):
        said = [_cell(row.get(one.code, ""), one.type is FieldType.NUMBER) for one in form.fields]
        yield [Cell(Kind.NUMBER, str(count)), *said, *[EMPTY] * (width - len(said) - 1)]
    yield from (_line([], width) for _ in range(LIST_ROOM))


def _cell(said: str, numeric: bool = True) -> Cell:
    return Cell(Kind.NUMBER if numeric and number(said) is not None else Kind.TEXT, said) if said else EMPTY


def _inputs(table: Table, rows: Sequence[Sequence[Cell]]) -> Iterator[tuple[int, int]]:
    """Where something may be filled in, as row and column."""
    yield from ((row, 2) for row in range(HEADER_FIRST, HEADER_FIRST + len(HEADER)))
    if table.form.kind is FormKind.LIST:
        yield from ((row, one) for row in range(FIRST, len(rows) + 1) for one in range(1, len(table.fields) + 2))
        return
    for row, indicator in enumerate(table.form.indicators, FIRST):
        for column, one in enumerate(table.form.columns, 4):
            if cell(indicator.code, one.code) not in table.not_applicable:
                yield row, column
    notes = FIRST + len(table.form.indicators) + 2
    yield from ((row, column) for row in range(notes, len(rows) + 1) for column in (1, 2, 3))


def _texts(form: Form, inputs: frozenset[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Those of them that are text whatever is typed: codes have zeros in front."""
    spoken = {column for column, one in enumerate(form.fields, 2) if one.type in {FieldType.TEXT, FieldType.CHOICE}}
    figures = FIRST + len(form.indicators)
    yield from ((row, column) for row, column in inputs if row < FIRST or column in spoken or row >= figures > FIRST)
