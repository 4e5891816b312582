"""Whether the rows of a list are right, field by field; a cell is called by its row, from 1, and its field: ``3/name``."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date

from schemas.report.data import ListRow
from schemas.report.form import FieldType, ListField, cell
from schemas.report.numbers import decimals, number
from schemas.report.problem import Problem, problem
from schemas.report.table import Table

_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


def check_list(rows: Iterable[ListRow], table: Table) -> Iterator[Problem]:
    """The problems of all rows, in order."""
    for place, row in enumerate(rows, 1):
        for code in row.values:
            if code not in table.fields:
                yield problem("report.field_unknown", cell(str(place), code), given=code)
        for code, one in table.fields.items():
            yield from _field(row.values.get(code, ""), cell(str(place), code), one)


def _field(text: str, name: str, one: ListField) -> Iterator[Problem]:
    if not text:
        if one.mandatory:
            yield problem("report.cell_missing", name)
    elif one.type is FieldType.NUMBER:
        yield from _number(text, name, one)
    elif one.type is FieldType.DATE and day(text) is None:
        yield problem("report.date", name, given=text)
    elif one.type is FieldType.CHOICE and text not in one.choices:
        yield problem("report.choice", name, given=text, expected=", ".join(one.choices))


def _number(text: str, name: str, one: ListField) -> Iterator[Problem]:
    if number(text) is None:
        yield problem("report.number", name, given=text)
    elif decimals(text) > one.decimals:
        yield problem("report.decimals", name, given=text, expected=one.decimals)


def day(text: str) -> date | None:
    """The day of a text; None if it is none."""
    try:
        return date.fromisoformat(text) if _DAY.fullmatch(text) else None
    except ValueError:
        return None
