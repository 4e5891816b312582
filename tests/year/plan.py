"""What becomes of every report of a year, by its key alone: in time, late, refused at the door, returned and corrected, corrected though it was right, or never."""

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
    REFUSED = "refused at the door and put right"
    SHUT_OUT = "refused at the door and never put right"
    RETURNED = "returned and corrected"
    GIVEN_UP = "returned and never corrected"
    CORRECTED = "corrected after it was taken"
    NEVER = "never"


#: Out of a thousand.
_SHARES = (
    (4, Fate.NEVER),
    (8, Fate.GIVEN_UP),
    (12, Fate.SHUT_OUT),
    (45, Fate.RETURNED),
    (80, Fate.REFUSED),
    (125, Fate.CORRECTED),
    (200, Fate.LATE),
)


class Deed(StrEnum):
    """What somebody does with a version of a report."""

    #: It is right, and its unit sends it.
    SENT = "sent"
    #: As far as its form can tell it is right; its recipient knows better.
    MISTAKEN = "mistaken"
    #: The unit sends what no regime takes.
    REFUSED = "refused"
    #: The recipient gives it back.
    RETURNED = "returned"


@dataclass(frozen=True)
class Scenario:
    """A year: the data end from ``begin`` to ``end``. ``closing``: the day from which codes are closed, with who takes their place."""

    name: str
    begin: date
    end: date
    closing: date | None = None
    successors: Mapping[str, str] | None = None
    #: Codes of the regimes that are played, and of the forms that units fill in; all, where none is named.
    regimes: tuple[str, ...] = ()
    forms: tuple[str, ...] = ()

    def duties(self, known: OfRegimes) -> list[Duty]:
        """Everything that is owed in it."""
        found = known.between(self.begin, self.end + timedelta(days=200))
        some = (one for one in found if self.begin <= one.data_to <= self.end)
        played = (one for one in some if not self.regimes or one.regime in self.regimes)
        return [one for one in played if not self.forms or one.form in self.forms]

    def unit(self, duty: Duty) -> str:
        """Who reports for a unit: itself, or who took its place before the report was due."""
        closed = self.closing and duty.due >= self.closing
        return (self.successors or {}).get(duty.unit, duty.unit) if closed else duty.unit


@dataclass(frozen=True, order=True)
class Act:
    """What is done with a version of a report on a day."""

    day: date
    key: str
    version: int
    deed: Deed
    duty: Duty
    unit: str


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
    return sorted(found, key=lambda one: (one.day, one.deed is Deed.RETURNED, one.key, one.version))


def _acts(scenario: Scenario, duty: Duty, unit: str) -> Iterator[Act]:
    for day, version, deed in _course(fate(scenario, duty), duty):
        yield Act(day, f"{duty.key}|{unit}", version, deed, duty, unit)


def _course(what: Fate, duty: Duty) -> Iterator[tuple[date, int, Deed]]:
    due = duty.due
    match what:
        case Fate.IN_TIME | Fate.CORRECTED:
            yield due, 1, Deed.SENT
        case Fate.LATE:
            yield due + 9 * DAY, 1, Deed.SENT
        case Fate.REFUSED | Fate.SHUT_OUT:
            yield due, 1, Deed.REFUSED
        case Fate.RETURNED | Fate.GIVEN_UP:
            yield due, 1, Deed.MISTAKEN
            yield due + DAY, 1, Deed.RETURNED
    if what is Fate.REFUSED:
        yield due + DAY, 1, Deed.SENT
    elif what is Fate.RETURNED:
        yield due + 4 * DAY, 2, Deed.SENT
    elif what is Fate.CORRECTED:
        yield due + 20 * DAY, 2, Deed.SENT


def owing_at_the_end(scenario: Scenario, duties: Iterable[Duty]) -> set[str]:
    """The keys of reports that have not come, or were returned, when everything has happened."""
    return {one.key for one in duties if fate(scenario, one) in {Fate.NEVER, Fate.SHUT_OUT, Fate.GIVEN_UP}}
