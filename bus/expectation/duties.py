"""Who owes which report for which period by when: read off the regimes. Pure; nothing of it is written anywhere."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Protocol

from bus.expectation.times import end_of
from schemas.report.deadlines import IsWorking
from schemas.report.periods import PeriodUnknown
from schemas.report.regime import Regime, Span

#: No deadline lies further behind the end of its data: 400 days of the calendar, 250 working days, twelve months.
_FURTHEST = timedelta(days=430)


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
    """Whoever knows what is owed."""

    def between(self, start: date, end: date) -> Iterable[Duty]:
        """What is due from start to end, both included."""
        ...

    def of(self, regime: str, form: str, period: str) -> Sequence[Duty]:
        """What everybody owes of one form for one period; nothing, where it is not owed."""
        ...


class OfRegimes:
    """What regimes say. Of two versions of a regime the later one holds where both are in force."""

    def __init__(self, regimes: Iterable[Regime], is_working: IsWorking) -> None:
        self.regimes = tuple(sorted(regimes, key=lambda one: (one.code, one.valid_from)))
        self._is_working = is_working

    def between(self, start: date, end: date) -> Iterator[Duty]:
        """What is due from start to end, by regime."""
        for regime in self.regimes:
            for span in regime.spans(start - _FURTHEST, end):
                if self._holds(regime, span) and any(start <= day <= end for day in self._days(regime, span).values()):
                    yield from self._owed(regime, span, start, end)

    def of(self, regime: str, form: str, period: str) -> list[Duty]:
        """What everybody owes of one form for one period."""
        found = [(one, span) for one in self._by_code.get(regime, ()) if (span := _span(one, period))]
        holding = [(one, span) for one, span in found if self._holds(one, span)]
        return [duty for one, span in holding for duty in self._owed(one, span) if duty.form == form]

    @cached_property
    def _by_code(self) -> dict[str, list[Regime]]:
        found: dict[str, list[Regime]] = {}
        for one in self.regimes:
            found.setdefault(one.code, []).append(one)
        return found

    def _holds(self, regime: Regime, span: Span) -> bool:
        """Whether this version is the one in force when the data end."""
        day = span.data_to
        in_force = [one for one in self._by_code[regime.code] if one.valid_from <= day <= (one.valid_to or day)]
        return bool(in_force) and in_force[-1] is regime

    def _owed(self, regime: Regime, span: Span, start: date = date.min, end: date = date.max) -> Iterator[Duty]:
        data_from, data_to = span.data_from, span.data_to
        days = self._days(regime, span)
        for one in (one for one in regime.owing(span) if start <= days[one.level] <= end):
            for form in regime.forms:
                yield Duty(
                    regime=regime.code,
                    form=form.code,
                    period=span.code,
                    unit=one.unit,
                    level=one.level,
                    name=regime.name,
                    office=regime.office,
                    receivers=regime.recipients,
                    data_from=data_from,
                    data_to=data_to,
                    due=days[one.level],
                )

    def _days(self, regime: Regime, span: Span) -> dict[str, date]:
        """By level, the last day on which it is in time."""
        levels = {one.level for one in regime.units}
        return {level: regime.due(level, span, self._is_working) for level in levels}


def _span(regime: Regime, period: str) -> Span | None:
    try:
        return regime.span(period)
    except PeriodUnknown:
        return None
