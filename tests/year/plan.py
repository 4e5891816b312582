"""What becomes of every report of a year, by its key alone: in time, late, wrong and corrected, corrected though it was right, or never."""

from __future__ import annotations

import zlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from bus.expectation.duties import Duty, OfRegimes

DAY = timedelta(days=1)
#: So long after a year's last deadline everything that was to come has come, and what is late is late.
AFTER = timedelta(days=60)


class Fate(StrEnum):
    """What becomes of a report."""

    IN_TIME = "in time"
    LATE = "late"
    WRONG = "wrong, returned and corrected"
    GIVEN_UP = "wrong, returned and never corrected"
    CORRECTED = "corrected after it was taken"
    NEVER = "never"


#: Out of a thousand.
_SHARES = ((4, Fate.NEVER), (8, Fate.GIVEN_UP), (60, Fate.WRONG), (110, Fate.CORRECTED), (190, Fate.LATE))


@dataclass(frozen=True)
class Scenario:
    """A year: the data end from ``begin`` to ``end``. ``closing``: the day from which codes are closed, with who takes their place."""

    name: str
    begin: date
    end: date
    closing: date | None = None
    successors: Mapping[str, str] | None = None
    #: Codes of the regimes that are played; all, where none is named.
    regimes: tuple[str, ...] = ()

    def duties(self, known: OfRegimes) -> list[Duty]:
        """Everything that is owed in it."""
        found = known.between(self.begin, self.end + timedelta(days=200))
        some = (one for one in found if self.begin <= one.data_to <= self.end)
        return [one for one in some if not self.regimes or one.regime in self.regimes]

    def unit(self, duty: Duty) -> str:
        """Who reports for a unit: itself, or who took its place before the report was due."""
        closed = self.closing and duty.due >= self.closing
        return (self.successors or {}).get(duty.unit, duty.unit) if closed else duty.unit


@dataclass(frozen=True, order=True)
class Act:
    """On a day a version of a report is sent, or (``returned``) given back."""

    day: date
    key: str
    version: int
    returned: bool
    duty: Duty
    unit: str
    wrong: bool = False


def fate(scenario: Scenario, duty: Duty) -> Fate:
    """What becomes of a report. Just before codes are closed everything comes in time, so that no report is begun under one and ended under another."""
    if scenario.closing and scenario.closing - timedelta(days=30) <= duty.due < scenario.closing:
        return Fate.IN_TIME
    number = zlib.crc32(f"{duty.regime}|{duty.form}|{duty.period}|{scenario.unit(duty)}".encode()) % 1000
    return next((one for share, one in _SHARES if number < share), Fate.IN_TIME)


def acts(scenario: Scenario, duties: Iterable[Duty]) -> list[Act]:
    """Everything that happens, day by day; one report stands for all whose place a unit took."""
    reports: dict[tuple[str, str, str, str], list[Duty]] = defaultdict(list)
    for duty in duties:
        reports[duty.regime, duty.form, duty.period, scenario.unit(duty)].append(duty)
    found = (one for (*_, unit), some in reports.items() for one in _acts(scenario, some[0], unit))
    return sorted(found, key=lambda one: (one.day, one.returned, one.key, one.version))


def _acts(scenario: Scenario, duty: Duty, unit: str) -> Iterator[Act]:
    for day, version, word in _course(fate(scenario, duty), duty):
        wrong = word == "wrong"
        yield Act(day, f"{duty.key}|{unit}", version, word == "returned", duty, unit, wrong)


def _course(what: Fate, duty: Duty) -> Iterator[tuple[date, int, str]]:
    due = duty.due
    match what:
        case Fate.IN_TIME | Fate.CORRECTED:
            yield due, 1, ""
        case Fate.LATE:
            yield due + 9 * DAY, 1, ""
        case Fate.WRONG | Fate.GIVEN_UP:
            yield due, 1, "wrong"
            yield due + DAY, 1, "returned"
    if what is Fate.WRONG:
        yield due + 4 * DAY, 2, ""
    elif what is Fate.CORRECTED:
        yield due + 20 * DAY, 2, ""


def owing_at_the_end(scenario: Scenario, duties: Iterable[Duty]) -> set[str]:
    """The keys of reports that have not come, or were returned, when everything has happened."""
    return {one.key for one in duties if fate(scenario, one) in {Fate.NEVER, Fate.GIVEN_UP}}
