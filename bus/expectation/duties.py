"""Who owes which report for which period by when: read off the regimes. Pure; nothing of it is written anywhere."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Protocol

from bus.expectation.times import end_of
from schemas.report.deadlines import IsWorking
from schemas.report.library import Library
from schemas.report.periods import PeriodUnknown
from schemas.report.regime import Regime, Span

#: No deadline lies further behind the end of its data: 400 days of the calendar, 250 working days, twelve months.
_FURTHEST = timedelta(days=430)
#: Answers that are kept, each of so many duties as there are units.
_KEPT = 64


@dataclass(frozen=True, slots=True)
class Duty:
    """One report that one unit owes. Codes are as the regime has them."""

    regime: str
    form: str
    period: str
    unit: str
    level: str
    #: The regime's name.
    name: str
    office: str
    receivers: tuple[str, ...]
    data_from: date
    data_to: date
    #: The last day on which it is in time.
    due: date

    @property
    def key(self) -> str:
        """What it is known by: a report's business key without its version."""
        return key_of(self.regime, self.form, self.period, self.unit)

    @property
    def due_at(self) -> int:
        """The moment its time has passed, in journal microseconds."""
        return end_of(self.due)


def key_of(regime: str, form: str, period: str, unit: str) -> str:
    """The key of a report, whatever its version."""
    return f"{regime}|{form}|{period}|{unit}"


class Duties(Protocol):
    """Whoever knows what is owed, and when offices work."""

    @property
    def is_working(self) -> IsWorking: ...

    def knows(self, regime: str) -> bool:
        """Whether there is a regime of this code."""
        ...

    def between(self, start: date, end: date) -> Iterable[Duty]:
        """What is due from start to end, both included."""
        ...

    def of(self, regime: str, form: str, period: str) -> Sequence[Duty]:
        """What everybody owes of one form for one period; nothing, where it is not owed."""
        ...


class OfRegimes:
    """What the regimes of a library say, on a working calendar."""

    def __init__(self, library: Library, working: IsWorking) -> None:
        #: The regimes and forms themselves.
        self.library = library
        #: Whether offices work on a day.
        self.is_working = working
        #: Reports on one form for one period come one after the other, from many units.
        self._kept = lru_cache(_KEPT)(self._of)

    def knows(self, regime: str) -> bool:
        """Whether the library has a regime of this code."""
        return regime in self.library.regimes

    def between(self, start: date, end: date) -> Iterator[Duty]:
        """What is due from start to end, by regime."""
        for regime in self.library:
            for span in regime.spans(start - _FURTHEST, end):
                days = self._days(regime, span) if self._holds(regime, span) else {}
                if any(start <= day <= end for day in days.values()):
                    yield from (duty for duty in _owed(regime, span, days) if start <= duty.due <= end)

    def of(self, regime: str, form: str, period: str) -> Sequence[Duty]:
        """What everybody owes of one form for one period."""
        return self._kept(regime, form, period)

    def _of(self, regime: str, form: str, period: str) -> Sequence[Duty]:
        versions = self.library.regimes.get(regime, ())
        found = ((one, span) for one in versions if (span := _span(one, period)) and self._holds(one, span))
        duties = (duty for one, span in found for duty in _owed(one, span, self._days(one, span)))
        return tuple(duty for duty in duties if duty.form == form)

    def _holds(self, regime: Regime, span: Span) -> bool:
        """Whether this version is the one in force when the data end."""
        return self.library.regime(regime.code, span.data_to) is regime

    def _days(self, regime: Regime, span: Span) -> dict[str, date]:
        """By level, the last day on which it is in time."""
        levels = {one.level for one in regime.units}
        return {level: regime.due(level, span, self.is_working) for level in levels}


def _owed(regime: Regime, span: Span, days: Mapping[str, date]) -> Iterator[Duty]:
    """What each unit owes for a period, due on the day of its level."""
    data_from, data_to = span.data_from, span.data_to
    for one in regime.owing(span):
        for form in regime.forms_of(one.unit):
            yield Duty(
                regime=regime.code,
                form=form.code,
                period=span.code,
                unit=one.unit,
                level=one.level,
                name=regime.name,
                office=regime.office,
                receivers=regime.receiving(one.level),
                data_from=data_from,
                data_to=data_to,
                due=days[one.level],
            )


def _span(regime: Regime, period: str) -> Span | None:
    try:
        return regime.span(period)
    except PeriodUnknown:
        return None
