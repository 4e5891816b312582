"""A filled form to a packet, checked: everything that is wrong with the sheet and with what stands in it, at once.

Figures are found by the codes of their row and column. Whoever moved a column is told so, and where the regime lets that pass, nothing is
read into the wrong cell.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from schemas.report.check import Circumstances, check
from schemas.report.data import Data, report_id
from schemas.report.form import FormKind
from schemas.report.library import Library
from schemas.report.problem import Problem, judged, problem
from schemas.report.reading import PacketInvalid, read
from schemas.report.sheet.figures import Figures, listed, matrix
from schemas.report.sheet.grid import Grid, grid
from schemas.report.sheet.header import PLACES, Header, header
from schemas.report.sheet.layout import marked
from schemas.report.sheet.lines import lines, misplaced
from schemas.report.table import Table
from schemas.sheets.cells import FileInvalid

#: By when a report is owed, and whatever else it cannot say of itself.
When = Callable[[Data], Circumstances]


@dataclass(frozen=True, slots=True)
class Filled:
    """What a sheet says. ``report`` is there as far as a packet can be made of it, right or not; ``problems`` decide."""

    report: Data | None
    problems: tuple[Problem, ...]
    #: By which it was checked.
    at: Circumstances = field(default_factory=Circumstances)


def _anytime(_report: Data) -> Circumstances:
    return Circumstances()


def read_form(
    data: bytes,
    library: Library,
    when: When = _anytime,
    *,
    version: int = 1,
    supersedes: int | None = None,
    code: str = "",
) -> Filled:
    """The report in a file, XLSX or CSV, as the version it is to be. Bad files are problems too; nothing is raised.

    ``when`` is asked once it is known what is reported. ``code``: which form it must be; empty: any.
    """
    try:
        sheet = grid(data)
    except FileInvalid as error:
        return Filled(None, (problem("report.sheet_unreadable", problem=error, problem_vi=error.what_vi),))
    if sheet is None:
        return Filled(
            None, (problem("report.sheet_mark", expected=", ".join(sorted({code for code, _ in library.forms}))),)
        )
    found = header(sheet, library)
    if not isinstance(found, Header):
        return Filled(None, _at(found, sheet, {}))
    table = _table(sheet, found, library)
    if table is None or code not in {"", table.form.code}:
        known = code or ", ".join(one.code for one in found.regime.forms)
        return Filled(None, _at((problem("report.sheet_mark", expected=known),), sheet, {}))
    return _read(sheet, found, table, library, when, {"version": version, "supersedes": supersedes})


def _table(sheet: Grid, found: Header, library: Library) -> Table | None:
    """The form the sheet was made of; where that version is gone, the one in force."""
    named = marked(sheet.text(1, 1))
    asked = next((one for one in found.regime.forms if named and one.code == named.code), None)
    return (library.form(named) or library.form(asked)) if named and asked else None


def _read(sheet: Grid, found: Header, table: Table, library: Library, when: When, numbers: Mapping[str, Any]) -> Filled:
    where = lines(sheet, table)
    figures = (matrix if table.form.kind is FormKind.MATRIX else listed)(sheet, table, where)
    of_sheet = (*misplaced(sheet, table, where), *figures.problems)
    try:
        report = read(_written(sheet, found, table, figures, numbers))
    except PacketInvalid as error:
        return Filled(None, judged(_at((*of_sheet, *error.problems), sheet, figures.places), found.regime))
    told = judged(_at(of_sheet, sheet, figures.places), found.regime)
    at = when(report)
    report = report.model_copy(update={"recipients": found.regime.recipients_of(at.unit(report), found.span)})
    return Filled(report, (*told, *_at(check(report, library, at), sheet, figures.places)), at)


def _written(sheet: Grid, found: Header, table: Table, figures: Figures, numbers: Mapping[str, Any]) -> bytes:
    """The packet as it would come by itself."""
    form, regime = marked(sheet.text(1, 1)), found.regime
    code = table.form.code
    days = {"from": found.data_from.isoformat(), "to": found.data_to.isoformat()}
    said = {
        "type": "report.data.v1",
        "reportId": report_id(regime.code, code, found.span.code, found.unit),
        **numbers,
        "regime": regime.code,
        "form": {"code": code, "version": form.version if form else table.form.version},
        "period": {"code": found.span.code, "basis": regime.basis, **days},
        "reportingUnit": found.unit,
        "recipients": regime.recipients_of(found.unit, found.span),
        "dataType": found.data_type,
        "kind": table.form.kind,
        "observations": list(figures.by_cell.values()),
        "rows": [{"values": row} for row in figures.rows],
    }
    return json.dumps(said).encode()


def _at(problems: Iterable[Problem], sheet: Grid, places: Mapping[str, str]) -> tuple[Problem, ...]:
    """The problems with the sheet and where that stands in it: a cell of the report, or a row of the header."""
    return tuple(
        replace(one, sheet=sheet.title, place=one.place or places.get(one.cell, "") or PLACES.get(one.rule, ""))
        for one in problems
    )
