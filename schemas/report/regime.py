"""``report.regime.v1``: the rule of a report: who owes what, for which periods, by when, to whom, and how strictly it is read.

Shaped on the packet "chế độ báo cáo" of QCVN 125; the field names are ours (PROPOSED).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, StringConstraints, field_validator, model_validator

from schemas.report import periods
from schemas.report.base import Code, Line, Part, Reference, Titled, twice
from schemas.report.deadlines import DeadlineRule, IsWorking, due
from schemas.report.periods import CALENDAR, ND09, Basis, Period
from schemas.report.rules import RULES, Verdict

_LEVEL = re.compile(r"[a-z][a-z_]{0,39}", re.ASCII)


class RegimeKind(StrEnum):
    """How a report comes to be owed."""

    PERIODIC = "periodic"
    AD_HOC = "ad_hoc"
    THEMATIC = "thematic"


class DataType(StrEnum):
    """What kind of figures a report has."""

    PLAN = "plan"
    ESTIMATE = "estimate"
    PERFORMED = "performed"
    OFFICIAL = "official"


def _tail(word: str) -> str:
    try:
        periods.spread(word)
    except periods.PeriodUnknown:
        raise ValueError("expected a letter (M, Q, S), or one period such as M03, Q1, S2, N9, A1, Y5") from None
    return word


def _level(word: str) -> str:
    if not _LEVEL.fullmatch(word):
        raise ValueError("expected a word of small letters, such as department")
    return word


#: ``M`` (every month), ``Q``, ``S``, or one period of a year: ``M03``, ``Q1``, ``S2``, ``N9``, ``A1``, ``Y5``.
Tail = Annotated[str, AfterValidator(_tail)]
#: A level of administration, such as ``department`` or ``commune``. Levels are data: districts were abolished.
Level = Annotated[str, AfterValidator(_level)]


class OwedForm(Reference):
    """A form of a regime. ``only`` names the units that owe it, where not all do."""

    only: tuple[Code, ...] = ()


class Owing(Part):
    """A unit that owes the report, of which level, from and to which day (both included; open where none is named)."""

    unit: Code
    level: Level
    valid_from: date | None = None
    valid_to: date | None = None

    def owes(self, day: date) -> bool:
        """Whether it owes a report whose data end on that day."""
        return (self.valid_from or day) <= day <= (self.valid_to or day)


class Occasion(Part):
    """One request of an ad-hoc or thematic report: its own code, data and deadline, set by whoever asks (article 8(5))."""

    code: Annotated[str, StringConstraints(pattern=r"^2[01][0-9]{2}-X[0-9]{2}$")]
    data_from: date
    data_to: date
    deadline: date

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if not self.data_from <= self.data_to < self.deadline:
            raise ValueError("expected data_from, data_to and a later deadline, in this order")
        return self


#: What a report is about.
Span = Period | Occasion


class Regime(Titled):
    """One regime in one version, issued by the agency that made the rule."""

    type: Literal["report.regime.v1"] = "report.regime.v1"
    kind: RegimeKind = RegimeKind.PERIODIC
    #: The instrument it was made by.
    legal_basis: Line = ""
    basis: Literal["nd09", "calendar", "custom"] = "nd09"
    #: Of ``custom``: the day of the month on which data end.
    cut_day: Annotated[int, Field(ge=1, le=28)] | None = None
    periods: tuple[Tail, ...] = ()
    occasions: tuple[Occasion, ...] = ()
    forms: Annotated[tuple[OwedForm, ...], Field(min_length=1)]
    outline: Reference | None = None
    data_types: Annotated[tuple[DataType, ...], Field(min_length=1)] = (DataType.OFFICIAL,)
    deadlines: Mapping[Level, DeadlineRule] = Field(default_factory=dict)
    units: tuple[Owing, ...] = ()
    #: The agency that follows the regime and chases those who owe.
    office: Code
    recipients: Annotated[tuple[Code, ...], Field(min_length=1)]
    #: Of a level that sends it elsewhere: departments to the province, the province to the Government.
    recipients_by_level: Mapping[Level, tuple[Code, ...]] = Field(default_factory=dict)
    #: Only where the regime says that no signature is needed may the state ``signed`` be skipped.
    signature: bool = True
    #: Days of the calendar after the deadline at whose end a period closes by itself; never, without it.
    closes_after: Annotated[int, Field(ge=0, le=3660)] | None = None
    #: What a rule of ``docs/reports.md`` costs here, where not what it costs as a rule.
    rules: Mapping[str, Verdict] = Field(default_factory=dict)
    valid_from: date
    valid_to: date | None = None

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if (self.basis == "custom") != (self.cut_day is not None):
            raise ValueError("expected 'cut_day' for the basis custom, and for no other")
        if (self.kind is RegimeKind.PERIODIC) != bool(self.periods) or (self.periods and self.occasions):
            raise ValueError("expected 'periods' in a periodic regime, and 'occasions' in any other")
        missing = sorted({one.level for one in self.units} - set(self.deadlines)) if self.periods else []
        if missing:
            raise ValueError(f"expected a deadline for each level that owes; there is none for {', '.join(missing)}")
        if again := next(self._twice(), None):
            raise ValueError(f"expected each unit once at a time; {again} owes it twice")
        if twin := next(twice(one.code for one in self.occasions), None):
            raise ValueError(f"expected each occasion once; '{twin}' comes again")
        strangers = {unit for one in self.forms for unit in one.only} - {one.unit for one in self.units}
        if strangers:
            raise ValueError(f"expected forms of units that owe; not of {', '.join(sorted(strangers))}")
        return self

    def _twice(self) -> Iterator[str]:
        ends: dict[str, date] = {}
        for one in sorted(self.units, key=lambda one: one.valid_from or date.min):
            if one.unit in ends and (one.valid_from or date.min) <= ends[one.unit]:
                yield one.unit
            ends[one.unit] = one.valid_to or date.max

    @field_validator("rules")
    @classmethod
    def _free(cls, rules: Mapping[str, Verdict]) -> Mapping[str, Verdict]:
        wrong = sorted(code for code in rules if code not in RULES or RULES[code].fixed)
        if wrong:
            raise ValueError(f"expected rules that a regime may decide on; not {', '.join(wrong)}")
        return rules

    def forms_of(self, unit: str) -> tuple[OwedForm, ...]:
        """The forms a unit owes."""
        return tuple(one for one in self.forms if not one.only or unit in one.only)

    def receiving(self, level: str) -> tuple[Code, ...]:
        """Whom a unit of that level sends it to."""
        return self.recipients_by_level.get(level, self.recipients)

    @property
    def counting(self) -> Basis:
        """The basis its periods are counted by."""
        return periods.custom(self.cut_day) if self.cut_day else {"nd09": ND09, "calendar": CALENDAR}[self.basis]

    def span(self, code: str) -> Span:
        """The period or occasion of a code. Raises PeriodUnknown, also for a period that is not owed."""
        for one in self.occasions:
            if one.code == code:
                return one
        found = None if self.occasions else periods.period(code, self.counting)
        if found is None or not any(found.tail in periods.spread(word) for word in self.periods):
            raise periods.PeriodUnknown(f"{self.code} is not owed for {code}, but for {', '.join(self.owed_for)}")
        return found

    @property
    def owed_for(self) -> tuple[str, ...]:
        """Periods by letter or as one of a year, or occasions by code."""
        return (*self.periods, *(one.code for one in self.occasions))

    def spans(self, start: date, end: date) -> Iterator[Span]:
        """What it is owed for and in force: periods and occasions whose data end from start to end, both included, in that order."""
        start, end = max(start, self.valid_from), min(end, self.valid_to or end)
        yield from periods.ending(start, end, self.periods, self.counting)
        yield from (one for one in self.occasions if start <= one.data_to <= end)

    def owing(self, span: Span) -> Iterator[Owing]:
        """Who owes it for a period: who was there on the day its data end."""
        last = span.data_to
        return (one for one in self.units if one.owes(last))

    def recipients_of(self, unit: str, span: Span) -> tuple[Code, ...]:
        """Whom a unit sends it to for a period; whoever does not owe it, to whom it goes as a rule."""
        levels = (one.level for one in self.owing(span) if one.unit == unit)
        return self.receiving(next(levels, ""))

    def due(self, level: str, span: Span, is_working: IsWorking) -> date:
        """The last day on which a unit of that level is in time. Raises ``KeyError`` for a level that owes nothing."""
        return span.deadline if isinstance(span, Occasion) else due(self.deadlines[level], span, is_working)

    def closing(self, deadline: date) -> date | None:
        """The last day on which a period whose deadline is this takes reports; None where it never closes by itself."""
        return None if self.closes_after is None else deadline + timedelta(days=self.closes_after)
