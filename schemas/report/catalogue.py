"""``report.catalog.v1``: the lists that forms and figures are made of: periods, indicators, their groups, breakdowns, units of measure.

Shaped on the packets "danh mục kỳ báo cáo", "danh mục chỉ tiêu báo cáo", "danh mục nhóm chỉ số" and "danh mục phân tổ chỉ số" of QCVN 125;
the field names are ours (PROPOSED). Units of measure are a list of ours: QCVN 125 names none.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from schemas.report.base import Code, Issued, Line, Part, once
from schemas.report.regime import Tail


class Item(Part):
    """One thing of a list; open where no day is named."""

    code: Code
    name: Line
    name_en: Line = ""
    parent: Code | None = None
    valid_from: date | None = None
    valid_to: date | None = None


class IndicatorItem(Item):
    """What is counted or measured, and in what."""

    unit: Code
    group: Code | None = None


class PeriodItem(Item):
    """A kind of period as it is owed: ``M``, ``Q1``."""

    code: Tail


class Member(Part):
    """What a figure may be broken down to, such as a district."""

    code: Code
    name: Line
    name_en: Line = ""


class BreakdownItem(Item):
    """A dimension with its members."""

    members: Annotated[tuple[Member, ...], Field(min_length=1, max_length=5000)]


class _Catalogue(Issued):
    type: Literal["report.catalog.v1"] = "report.catalog.v1"
    items: tuple[Item, ...]

    @model_validator(mode="after")
    def _once(self) -> Self:
        once(one.code for one in self.items)
        return self


class Periods(_Catalogue):
    """Danh mục kỳ báo cáo."""

    kind: Literal["period"] = "period"
    items: tuple[PeriodItem, ...]


class Indicators(_Catalogue):
    """Danh mục chỉ tiêu báo cáo."""

    kind: Literal["indicator"] = "indicator"
    items: tuple[IndicatorItem, ...]


class Groups(_Catalogue):
    """Danh mục nhóm chỉ số."""

    kind: Literal["group"] = "group"


class Breakdowns(_Catalogue):
    """Danh mục phân tổ chỉ số."""

    kind: Literal["breakdown"] = "breakdown"
    items: tuple[BreakdownItem, ...]


class Units(_Catalogue):
    """Units of measure."""

    kind: Literal["unit"] = "unit"


Catalogue = Annotated[Periods | Indicators | Groups | Breakdowns | Units, Field(discriminator="kind")]
