"""Whose reports are made of whose. Pure: the regimes say who receives what from whom, the routes which of those is made here."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bus.expectation.duties import Duty, key_of
from bus.expectation.rules import Rules
from bus.journal.aggregating import Aggregate


@dataclass(frozen=True, slots=True)
class Task:
    """A report that is to be made: what its unit owes, and what those owe it is made of."""

    rule: str
    #: Who owes it: a canonical code.
    unit: str
    own: Duty
    owed: tuple[Duty, ...]

    @property
    def id(self) -> str:
        """What it is known by: a report's business key without its version."""
        return key_of(self.own.regime, self.own.form, self.own.period, self.unit)


class Tasks:
    """What is to be made by one plan and its regimes; looked up once for each form and period."""

    def __init__(self, rules: Rules) -> None:
        self.rules = rules
        self._found: dict[tuple[str, str, str], tuple[Task, ...]] = {}

    @property
    def any(self) -> bool:
        """Whether any rule has reports made."""
        return any(rule.aggregate for rule in self.rules.reports)

    def of(self, regime: str, form: str, period: str) -> tuple[Task, ...]:
        """What is made of the reports on a form for a period."""
        asked = (regime, form, period)
        if asked not in self._found:
            self._found[asked] = tuple(self._of(*asked))
        return self._found[asked]

    def one(self, row: Aggregate) -> Task | None:
        """What a row is about; None where it is not to be made."""
        return next((one for one in self.of(row.regime, row.form, row.period) if one.id == row.id), None)

    def _of(self, regime: str, form: str, period: str) -> Iterator[Task]:
        duties, agency, taken = self.rules.duties.of(regime, form, period), self.rules.agency, set[str]()
        for rule in self.rules.reports:
            for unit in map(agency, rule.aggregate):
                own = next((duty for duty in duties if agency(duty.unit) == unit), None)
                if own is None or unit in taken or not self.rules.wants(rule, own):
                    continue
                owed = (duty for duty in duties if unit in map(agency, duty.receivers) and agency(duty.unit) != unit)
                task = Task(rule.name, unit, own, tuple(owed))
                if task.owed:
                    taken.add(unit)
                    yield task
