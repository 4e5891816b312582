"""Reports that a unit could have written: right by their form, the same each time for the same seed; and ones that are wrong on purpose, in a
way that their form forbids, or only in what they say.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from bus.expectation.duties import Duty
from schemas.report.base import Reference
from schemas.report.data import Data, ListRow, Observation, ReportPeriod, report_id
from schemas.report.form import FieldType, FormKind, Indicator, ListField, cell
from schemas.report.library import Library
from schemas.report.numbers import plain
from schemas.report.sheet.writing import content
from schemas.report.table import Table
from tests.year.plan import Deed

#: What a total of one unit is at the most.
_MOST = 4000


@dataclass(frozen=True)
class Writing:
    """Whose report it is: of which duty, by which unit, in which version."""

    duty: Duty
    unit: str
    version: int = 1
    deed: Deed = Deed.SENT


def packet(what: Writing, library: Library) -> Data:
    """The report."""
    duty = what.duty
    regime = library.regime(duty.regime, duty.data_to)
    assert regime is not None
    owed = next(one for one in regime.forms if one.code == duty.form)
    table = table_of(duty, library)
    mistaken, wrong = what.deed is Deed.MISTAKEN, what.deed is Deed.REFUSED
    chance = random.Random(f"{duty.key}|{what.unit}|{what.version}" + ("|mistaken" if mistaken else ""))
    matrix = table.form.kind is FormKind.MATRIX
    return Data(
        report_id=report_id(duty.regime, duty.form, duty.period, what.unit),
        version=what.version,
        supersedes=what.version - 1 or None,
        regime=duty.regime,
        form=Reference(code=owed.code, version=owed.version),
        period=ReportPeriod(code=duty.period, basis=regime.basis, from_=duty.data_from, to=duty.data_to),
        reporting_unit=what.unit,
        recipients=duty.receivers,
        kind=table.form.kind,
        observations=tuple(_observations(table, chance, wrong=wrong)) if matrix else (),
        rows=() if matrix else tuple(_rows(table, chance, filled=wrong or mistaken, wrong=wrong)),
    )


def table_of(duty: Duty, library: Library) -> Table:
    """The form a report is owed on."""
    regime = library.regime(duty.regime, duty.data_to)
    assert regime is not None
    table = library.form(next(one for one in regime.forms if one.code == duty.form))
    assert table is not None
    return table


def mistakes(what: Writing, library: Library) -> tuple[str, ...]:
    """The first cells of a mistaken report that are not what its unit will correct them to."""
    table = table_of(what.duty, library)
    given = _by_cell(packet(replace(what, deed=Deed.MISTAKEN), library), table)
    meant = _by_cell(packet(Writing(what.duty, what.unit, what.version + 1), library), table)
    return tuple(name for name, value in given.items() if value != meant.get(name))[:5]


def _by_cell(report: Data, table: Table) -> dict[str, str]:
    rows = {cell(str(at), code): value for at, row in enumerate(report.rows, 1) for code, value in row.values.items()}
    return rows | dict(content(report, table).figures)


def _observations(table: Table, chance: random.Random, *, wrong: bool) -> Iterator[Observation]:
    figures = _matrix(table, chance)
    for at, ((row, column), value) in enumerate(figures.items()):
        text = f"{plain(value)},5" if wrong and at == 0 else plain(value)
        yield Observation(
            indicator=row,
            breakdown=table.columns[column].breakdown,
            value=text,
            unit=table.rows[row].unit,
        )


def _matrix(table: Table, chance: random.Random) -> dict[tuple[str, str], Decimal]:
    """A value for each cell, so that all totals hold: rows are split from the top, columns are added up."""
    sums = {one.total: one.parts for one in table.form.totals if one.of == "columns"}
    leaves = [code for code in table.columns if code not in sums]
    found = {(row, column): value for column in leaves for row, value in _column(table, chance).items()}
    for total, parts in sums.items():
        for row in table.rows.values():
            meant = [part for part in parts if cell(row.code, part) not in table.not_applicable]
            added = sum((found[row.code, part] for part in meant), Decimal())
            found[row.code, total] = added if meant else _free(row, chance)
    filled = (at for at in found if cell(*at) not in table.not_applicable)
    return {at: found[at] for at in filled if not _left_empty(table.rows[at[0]], chance)}


def _left_empty(row: Indicator, chance: random.Random) -> bool:
    return not row.mandatory and chance.random() < 0.2


def _column(table: Table, chance: random.Random) -> dict[str, Decimal]:
    totals = [one for one in table.form.totals if one.of == "rows"]
    found: dict[str, Decimal] = {}
    for row in table.rows.values():
        found.setdefault(row.code, _free(row, chance))
        for one in totals:
            if one.total == row.code:
                found |= zip(one.parts, _split(found[row.code], len(one.parts), chance), strict=True)
    return found


def _free(row: Indicator, chance: random.Random) -> Decimal:
    low = Decimal(row.minimum) if row.minimum is not None else Decimal(-50)
    high = min(Decimal(row.maximum) if row.maximum is not None else Decimal(_MOST), low + _MOST)
    scale = 10**row.decimals
    return Decimal(chance.randint(int(low * scale), int(high * scale))) / scale


def _split(value: Decimal, count: int, chance: random.Random) -> Sequence[Decimal]:
    """Parts that add up to it."""
    marks = sorted(Decimal(chance.randint(0, int(value))) for _ in range(count - 1))
    return [after - before for before, after in zip([Decimal(), *marks], [*marks, value], strict=True)]


def _rows(table: Table, chance: random.Random, *, filled: bool, wrong: bool) -> Iterator[ListRow]:
    for at in range(chance.randint(1 if filled else 0, 2)):
        values = {code: _field(one, at, chance) for code, one in table.fields.items()}
        if wrong:
            del values[next(code for code, one in table.fields.items() if one.mandatory)]
        yield ListRow(values=values)


def _field(field: ListField, at: int, chance: random.Random) -> str:
    made: dict[FieldType, Any] = {
        FieldType.TEXT: f"{field.code}-{at + 1}",
        FieldType.NUMBER: str(chance.randint(1, 90)),
        FieldType.DATE: f"2025-{chance.randint(1, 12):02}-{chance.randint(1, 28):02}",
        FieldType.CHOICE: chance.choice(field.choices or ("",)),
    }
    return str(made[field.type])
