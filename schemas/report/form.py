"""``report.form.v1`` and ``report.outline-form.v1``: what a department fills in.

A form is a matrix (indicators down, breakdowns across) or a list (one row a thing). It declares what its cells are: their unit, how
exact they are, which must be filled, which add up to which, and how a figure of the province is made of those of its units.
Shaped on the packets "biểu mẫu báo cáo" and "biểu mẫu báo cáo đề cương" of QCVN 125; the field names are ours (PROPOSED).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from schemas.report.base import Code, Line, Part, Titled, once, twice
from schemas.report.numbers import Number


class FormKind(StrEnum):
    """Whether a form is a table of figures or a list of things."""

    MATRIX = "matrix"
    LIST = "list"


class FieldType(StrEnum):
    """What stands in a column of a list."""

    TEXT = "text"
    NUMBER = "number"
    #: A day, ``2025-03-14``.
    DATE = "date"
    #: One of ``choices``.
    CHOICE = "choice"


class Sum(Part):
    """The figure of many is the sum of theirs."""

    by: Literal["sum"] = "sum"


class Ratio(Part):
    """A ratio is made anew of the sums of two indicators of the same form, times a factor (100: a percentage)."""

    by: Literal["ratio"]
    numerator: Code
    denominator: Code
    factor: Number = "1"


class Weighted(Part):
    """A mean, weighted by another indicator of the same form."""

    by: Literal["weighted"]
    weight: Code


class Pick(Part):
    """One of them: the greatest, the least, or that of the unit named."""

    by: Literal["pick"]
    pick: Literal["max", "min", "unit"]
    unit: Code | None = None

    @model_validator(mode="after")
    def _named(self) -> Self:
        if (self.pick == "unit") != (self.unit is not None):
            raise ValueError("expected 'unit' where it is picked by unit, and nowhere else")
        return self


class Unmade(Part):
    """The province's figure is not made of its units'; it writes its own."""

    by: Literal["none"]


Aggregate = Annotated[Sum | Ratio | Weighted | Pick | Unmade, Field(discriminator="by")]


class Indicator(Part):
    """A row of a matrix."""

    code: Code
    name: Line
    name_en: Line = ""
    unit: Code
    parent: Code | None = None
    #: Digits after the point it may have.
    decimals: Annotated[int, Field(ge=0, le=9)] = 0
    mandatory: bool = True
    minimum: Number | None = "0"
    maximum: Number | None = None
    aggregate: Aggregate = Sum()


class Column(Part):
    """A column of a matrix: the members of dimensions its figures are of; of none, the whole."""

    code: Code
    name: Line
    name_en: Line = ""
    breakdown: Mapping[Code, Code] = Field(default_factory=dict)


class ListField(Part):
    """A column of a list."""

    code: Code
    name: Line
    name_en: Line = ""
    type: FieldType = FieldType.TEXT
    mandatory: bool = True
    unit: Code | None = None
    decimals: Annotated[int, Field(ge=0, le=9)] = 0
    choices: tuple[Code, ...] = ()

    @model_validator(mode="after")
    def _choosable(self) -> Self:
        if (self.type is FieldType.CHOICE) != bool(self.choices):
            raise ValueError("expected 'choices' for the type choice, and for no other")
        return self


class Total(Part):
    """In each column the row ``total`` is the sum of the rows ``parts`` less ``minus``; or so with columns, in each row."""

    of: Literal["rows", "columns"] = "rows"
    total: Code
    parts: Annotated[tuple[Code, ...], Field(min_length=1)]
    minus: tuple[Code, ...] = ()
    #: They may be apart by so much, where rounded figures are added.
    tolerance: Number = "0"


class Form(Titled):
    """One form in one version."""

    type: Literal["report.form.v1"] = "report.form.v1"
    kind: FormKind = FormKind.MATRIX
    indicators: Annotated[tuple[Indicator, ...], Field(max_length=2000)] = ()
    columns: Annotated[tuple[Column, ...], Field(max_length=45)] = ()
    #: Cells that mean nothing and stay empty, as ``I.1/online``.
    not_applicable: tuple[str, ...] = ()
    totals: tuple[Total, ...] = ()
    fields: Annotated[tuple[ListField, ...], Field(max_length=45)] = ()

    @model_validator(mode="after")
    def _whole(self) -> Self:
        matrix = self.kind is FormKind.MATRIX
        if matrix != bool(self.indicators and self.columns) or matrix == bool(self.fields):
            raise ValueError("expected 'indicators' and 'columns' in a matrix, and 'fields' alone in a list")
        wrong = next(self._wrong(), None)
        if wrong:
            raise ValueError(f"expected {wrong}")
        return self

    def _wrong(self) -> Iterator[str]:
        rows, columns = [one.code for one in self.indicators], [one.code for one in self.columns]
        yield from (f"each code once; '{code}' comes again" for code in twice(rows))
        yield from (f"each code once; '{code}' comes again" for code in twice(columns))
        yield from (f"each code once; '{code}' comes again" for code in twice(one.code for one in self.fields))
        whole = {tuple(sorted(one.breakdown.items())) for one in self.columns}
        if len(whole) < len(columns):
            yield "each column to be of other members than the rest"
        yield from (f"'{code}' to be a row of the form" for code in _named_rows(self.indicators) if code not in rows)
        for total in self.totals:
            known = frozenset(rows if total.of == "rows" else columns)
            named = (total.total, *total.parts, *total.minus)
            yield from (f"'{code}' of a total to be one of the {total.of}" for code in named if code not in known)
        cells = {cell(row, column) for row in rows for column in columns}
        yield from (f"'{name}' to be a cell of the form" for name in self.not_applicable if name not in cells)


def _named_rows(indicators: Iterable[Indicator]) -> Iterator[str]:
    for one in indicators:
        made = one.aggregate
        yield from [one.parent] if one.parent else []
        yield from (made.numerator, made.denominator) if isinstance(made, Ratio) else ()
        yield from [made.weight] if isinstance(made, Weighted) else []


def cell(row: str, column: str) -> str:
    """What a cell is called to people and in statuses: ``I.1/online``; of a list, ``3/name``."""
    return f"{row}/{column}"


class Section(Part):
    """A part of an outline."""

    code: Code
    title: Line
    title_en: Line = ""
    parent: Code | None = None
    mandatory: bool = True


class OutlineForm(Titled):
    """What the narrative of a report is to be about."""

    type: Literal["report.outline-form.v1"] = "report.outline-form.v1"
    sections: Annotated[tuple[Section, ...], Field(min_length=1, max_length=200)]

    @model_validator(mode="after")
    def _known(self) -> Self:
        codes = [one.code for one in self.sections]
        once(codes)
        if lost := next((one.parent for one in self.sections if one.parent and one.parent not in codes), None):
            raise ValueError(f"expected '{lost}' to be a section of the outline")
        return self
