"""Many units' reports into one: each cell as its form declares it. Pure; the order in which they come does not matter.

Empty is not zero: an empty figure adds nothing, and what lacks one is provisional. A ratio is made of the sums of its two rows, a mean of those
units that have both the figure and its weight. Arithmetic is exact; only what was divided is rounded, halves away from zero, to the digits of its row.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Context, Decimal, localcontext
from fractions import Fraction
from typing import NamedTuple

from schemas.report.data import Data, ListRow, Observation, ObservationStatus
from schemas.report.form import Aggregate, Column, FormKind, Indicator, Pick, Ratio, Sum, Unmade, Weighted, cell
from schemas.report.numbers import number, plain
from schemas.report.table import Table, members

_S = ObservationStatus
#: Digits that no sum of products of figures has.
_EXACT = Context(prec=200)


@dataclass(frozen=True, slots=True)
class Source:
    """A unit's report as it came: the message it came in, and the packet."""

    unit: str
    message: str
    data: Data


class Figure(NamedTuple):
    """A cell of a unit's report that a figure is made of, or would be if it were filled."""

    unit: str
    message: str
    cell: str
    value: str | None
    status: ObservationStatus = _S.MISSING

    @property
    def number(self) -> Decimal | None:
        """What it counts for; None where it is empty, or no number."""
        return number(self.value) if self.value is not None else None

    @property
    def lacks(self) -> bool:
        """Whether there should be a number, and is none."""
        return self.number is None and self.status is not _S.NOT_APPLICABLE


class Made(NamedTuple):
    """A figure that was made, and what of: ``by`` is the word of the form."""

    indicator: str
    column: str
    by: str
    value: str | None
    status: ObservationStatus
    figures: tuple[Figure, ...] = ()

    @property
    def cell(self) -> str:
        """What the cell is called."""
        return cell(self.indicator, self.column)


class Row(NamedTuple):
    """A row of a list, and the row of a unit's report it is; counted from 1."""

    unit: str
    message: str
    number: int
    row: ListRow


def newest(sources: Iterable[Source]) -> tuple[Source, ...]:
    """Of each unit the report in its latest version, by the units' codes."""
    found: dict[str, Source] = {}
    for one in sorted(sources, key=lambda one: (one.unit, one.data.version, one.message)):
        found[one.unit] = one
    return tuple(found.values())


def aggregated(table: Table, sources: Iterable[Source], *, partial: bool = False) -> tuple[Made, ...]:
    """Every cell of a matrix, by row and column. ``partial``: units are missing, so that every figure is provisional."""
    if table.form.kind is not FormKind.MATRIX:
        return ()
    book = _Book(table, newest(sources))
    with localcontext(_EXACT):
        made = [
            book.made(row, column)
            for row in table.form.indicators
            for column in table.form.columns
            if cell(row.code, column.code) not in table.not_applicable
        ]
    return tuple(one._replace(status=_S.PROVISIONAL) if partial and one.status is _S.NORMAL else one for one in made)


def gathered(sources: Iterable[Source]) -> tuple[Row, ...]:
    """Every row of lists, one unit after the other."""
    return tuple(
        Row(one.unit, one.message, place, row) for one in newest(sources) for place, row in enumerate(one.data.rows, 1)
    )


def observations(table: Table, made: Iterable[Made]) -> tuple[Observation, ...]:
    """Figures that were made, as a packet has them."""
    return tuple(
        Observation(
            indicator=one.indicator,
            breakdown=table.columns[one.column].breakdown,
            value=one.value,
            unit=table.rows[one.indicator].unit,
            status=one.status,
        )
        for one in made
    )


class _Book:
    """The figures of all units, as they are looked up."""

    def __init__(self, table: Table, sources: Sequence[Source]) -> None:
        self._sources = sources
        self._cells = [_cells(table, one.data) for one in sources]

    def made(self, row: Indicator, column: Column) -> Made:
        """The figure of a cell."""
        named = [cell(code, column.code) for code in _rows(row.code, row.aggregate)]
        lines = [self._line(name) for name in named]
        value, figures = _value(row, lines)
        return Made(row.code, column.code, row.aggregate.by, value, _status(value, figures), figures)

    def _line(self, name: str) -> tuple[Figure, ...]:
        """A cell of every unit."""
        return tuple(
            Figure(one.unit, one.message, name, found.value, found.status)
            if (found := cells.get(name))
            else Figure(one.unit, one.message, name, None)
            for one, cells in zip(self._sources, self._cells, strict=True)
        )


def _cells(table: Table, data: Data) -> dict[str, Observation]:
    """A report's figures by the cells of the form; what is in no cell is not counted."""
    found: dict[str, Observation] = {}
    for one in data.observations:
        column = table.by_members.get(members(one.breakdown))
        if one.indicator in table.rows and column is not None:
            found.setdefault(cell(one.indicator, column), one)
    return found


def _rows(code: str, rule: Aggregate) -> tuple[str, ...]:
    """The rows a figure is made of."""
    match rule:
        case Ratio():
            return rule.numerator, rule.denominator
        case Weighted():
            return code, rule.weight
        case Unmade():
            return ()
    return (code,)


def _value(row: Indicator, lines: Sequence[tuple[Figure, ...]]) -> tuple[str | None, tuple[Figure, ...]]:
    """The figure, and those it was made of."""
    figures = tuple(one for line in lines for one in line)
    match row.aggregate:
        case Sum():
            return _added(figures), figures
        case Ratio(factor=factor):
            over, under = (_sum(line) for line in lines)
            return _divided(over, under, row.decimals, Decimal(factor)), figures
        case Weighted():
            return _mean(lines[0], lines[1], row.decimals), figures
        case Pick() as rule:
            asked = tuple(one for one in figures if rule.pick != "unit" or one.unit == rule.unit)
            return _picked(rule, asked), asked
    return None, ()


def _sum(figures: Iterable[Figure]) -> Decimal | None:
    """The sum of those that are numbers; None where none is."""
    numbers = [value for one in figures if (value := one.number) is not None]
    return sum(numbers, Decimal()) if numbers else None


def _added(figures: Sequence[Figure]) -> str | None:
    found = _sum(figures)
    return None if found is None else plain(found)


def _divided(over: Decimal | None, under: Decimal | None, digits: int, factor: Decimal = Decimal(1)) -> str | None:
    """A quotient, rounded; None where there is nothing to divide, or nothing to divide by."""
    if over is None or not under:
        return None
    exact = Fraction(over) * Fraction(factor) / Fraction(under) * 10**digits
    whole = (2 * abs(exact.numerator) + exact.denominator) // (2 * exact.denominator)
    return plain(Decimal(f"{'-' if exact < 0 else ''}{whole}E-{digits}"))


def _mean(figures: Sequence[Figure], weights: Sequence[Figure], digits: int) -> str | None:
    both = [
        (value, weight)
        for figure, one in zip(figures, weights, strict=True)
        if (value := figure.number) is not None and (weight := one.number) is not None
    ]
    over = sum((value * weight for value, weight in both), Decimal()) if both else None
    return _divided(over, sum((weight for _, weight in both), Decimal()), digits)


def _picked(rule: Pick, figures: Sequence[Figure]) -> str | None:
    numbers = [value for one in figures if (value := one.number) is not None]
    if not numbers:
        return None
    return plain(min(numbers) if rule.pick == "min" else max(numbers))


def _status(value: str | None, figures: Sequence[Figure]) -> ObservationStatus:
    """An empty figure means nothing where no unit's means anything, or where all are there and nothing is to be divided by."""
    lacks = not figures or any(one.lacks for one in figures)
    if value is None:
        return _S.MISSING if lacks else _S.NOT_APPLICABLE
    unsure = lacks or any(one.status is _S.PROVISIONAL for one in figures)
    return _S.PROVISIONAL if unsure else _S.NORMAL
