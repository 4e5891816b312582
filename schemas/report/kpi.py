"""``kpi.set.v1`` and ``kpi.data.v1``: a set of indicators an agency is measured by, and their values.

Shaped on the packets "bộ chỉ số (KPI)" and "dữ liệu chỉ số (KPI)" of QCVN 125; the field names are ours (PROPOSED).
"""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from schemas.report.base import Code, Line, Part, Reference, Titled, once
from schemas.report.data import Observation, ReportPeriod
from schemas.report.numbers import Number


class Measure(Part):
    """One indicator of a set: in which group, in what, broken down how, and what is aimed at."""

    code: Code
    name: Line
    name_en: Line = ""
    unit: Code
    group: Code | None = None
    breakdowns: tuple[Code, ...] = ()
    target: Number | None = None
    #: Whether more is better.
    rising: bool = True


class KpiSet(Titled):
    """A set in one version."""

    type: Literal["kpi.set.v1"] = "kpi.set.v1"
    measures: Annotated[tuple[Measure, ...], Field(min_length=1, max_length=2000)]

    @model_validator(mode="after")
    def _once(self) -> Self:
        once(one.code for one in self.measures)
        return self


class KpiData(Part):
    """The values of a set for one unit and period."""

    type: Literal["kpi.data.v1"] = "kpi.data.v1"
    set: Reference
    period: ReportPeriod
    reporting_unit: Code
    values: Annotated[tuple[Observation, ...], Field(max_length=90_000)]
