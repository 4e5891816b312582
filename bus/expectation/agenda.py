"""Deadlines for calendars: what the regimes ask for around today, and how each report stands in the journal."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from itertools import groupby

from bus.clock import instant
from bus.expectation.duties import Duty, OfRegimes
from bus.expectation.following import as_owed
from bus.expectation.rules import Rules
from bus.expectation.standing_in import happenings, was_returned
from bus.expectation.times import day_of, start_of
from bus.journal.expectation_reads import ExpectationReads
from bus.journal.expecting import Expectation
from bus.plan import Plan
from schemas.report.agenda import Standing, Task

_LACKING = frozenset({Standing.OWED, Standing.RETURNED})
#: How far a calendar reaches, where nobody says: it shows what was due lately, and a year ahead.
BEHIND, AHEAD = timedelta(days=60), timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Asked:
    """Whose deadlines: canonical codes of those who owe, and of offices that follow; none: of all. Days are both included."""

    units: frozenset[str] = frozenset()
    offices: frozenset[str] = frozenset()
    regime: str = ""
    since: date | None = None
    until: date | None = None


class Agenda:
    """Deadlines by the regimes and the plan of one moment (journal microseconds)."""

    def __init__(self, regimes: OfRegimes, plan: Plan, reads: ExpectationReads, now: int) -> None:
        self._regimes = regimes
        self._rules = Rules(plan, regimes)
        self._reads = reads
        self._now = now

    def tasks(self, asked: Asked) -> list[Task]:
        """One for each report of the units that are asked for; of all, one for the reports that a level owes together.
        May wait for the disk. Raises JournalDown.
        """
        today = day_of(self._now)
        since, until = asked.since or today - BEHIND, asked.until or today + AHEAD
        duties = [duty for duty in self._regimes.between(since, until) if self._is_asked(duty, asked)]
        known = self._known(duties)
        tasks = [self._task(duty, known.get(duty.key, ())) for duty in duties]
        return tasks if asked.units else list(_together(zip(duties, tasks, strict=True)))

    def _is_asked(self, duty: Duty, asked: Asked) -> bool:
        mine = not asked.units or self._owing(duty) in asked.units
        followed = not asked.offices or self._rules.agency(duty.office) in asked.offices
        return mine and followed and asked.regime in ("", duty.regime)

    def _owing(self, duty: Duty) -> str:
        return self._rules.owes(duty.unit, self._now)

    def _known(self, duties: Iterable[Duty]) -> Mapping[str, list[Expectation]]:
        """What the journal knows of reports, by their keys; by each rule that waits for them."""
        ids = [row.id for duty in duties for row in as_owed(self._rules, duty, self._now)]
        found: dict[str, list[Expectation]] = {}
        for row in self._reads.known(ids):
            found.setdefault(row.key, []).append(row)
        return found

    def _task(self, duty: Duty, rows: Collection[Expectation]) -> Task:
        row = max(rows, key=happenings, default=None)
        regime = self._regimes.library.regime(duty.regime, duty.data_to)
        named = next((one for one in regime.forms if one.code == duty.form), None) if regime else None
        form = self._regimes.library.form(named) if named else None
        made = regime.valid_from if regime else duty.data_from
        return Task(
            key=duty.key,
            regime=duty.regime,
            regime_name=duty.name,
            form=duty.form,
            form_name=form.form.name if form else duty.form,
            period=duty.period,
            data_from=duty.data_from,
            data_to=duty.data_to,
            due=day_of(row.due_at - 1) if row and row.due_at and was_returned(row) else duty.due,
            standing=_standing(row),
            revision=happenings(row) if row else 0,
            changed=_changed(row) if row else instant(start_of(made)).astimezone(UTC),
            whose=self._named(self._owing(duty)),
        )

    def _named(self, code: str) -> str:
        agency = self._rules.directory.agency(code, self._now)
        return agency.name if agency and agency.name else code


def _standing(row: Expectation | None) -> Standing:
    if row is None:
        return Standing.OWED
    if row.closed_at is not None:
        return Standing.SENT
    if row.waived_at is not None:
        return Standing.WAIVED
    return Standing.RETURNED if was_returned(row) else Standing.OWED


def _changed(row: Expectation) -> datetime:
    return instant(max(row.opened_at or 0, row.closed_at or 0, row.waived_at or 0))


def _together(pairs: Iterable[tuple[Duty, Task]]) -> Iterator[Task]:
    """What a level owes on one form for one period as one deadline, which is that of the regime."""

    def shared(pair: tuple[Duty, Task]) -> tuple[str, str, str, str]:
        duty, _ = pair
        return duty.regime, duty.form, duty.period, duty.level

    for names, group in groupby(sorted(pairs, key=shared), key=shared):
        members = list(group)
        duty, first = members[0]
        tasks = [task for _, task in members]
        lacking = tuple(task.whose for task in tasks if task.standing in _LACKING)
        yield replace(
            first,
            key="|".join(("", *names)),
            due=duty.due,
            standing=Standing.OWED if lacking else Standing.SENT,
            revision=sum(task.revision for task in tasks),
            changed=max(task.changed for task in tasks),
            whose=duty.level,
            units=len(tasks),
            lacking=lacking,
        )
