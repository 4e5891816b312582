"""What each message brings to the reports that are made of others. Pure: messages and parts in, changed parts out.

A unit's report comes of itself, or of who took its place, and goes to whoever makes the whole; the word on one is that one's. What comes twice
changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from bus.aggregator.tasks import Task, Tasks
from bus.expectation.reported import Reported, reported
from bus.expectation.rules import Rules
from bus.journal.aggregating import Aggregate, Part
from bus.journal.expectation_reads import DATA, Told


def ids_of(tasks: Tasks, told: Told) -> Iterator[str]:
    """The parts a message may change."""
    yield from (_id(task, tasks.rules.agency(said.unit)) for task, said in _meant(tasks, told))


class Taking:
    """Takes messages in order. ``known`` are the parts that they may change."""

    def __init__(self, tasks: Tasks, known: Iterable[Part]) -> None:
        self._tasks = tasks
        self._parts = {part.id: part for part in known}
        self._changed: set[str] = set()
        self._of: dict[str, Aggregate] = {}

    @property
    def parts(self) -> tuple[Part, ...]:
        """Those that are new, or not what they were."""
        return tuple(self._parts[id_] for id_ in sorted(self._changed))

    @property
    def aggregates(self) -> tuple[Aggregate, ...]:
        """What these are parts of."""
        return tuple(self._of[id_] for id_ in sorted(self._of))

    def take(self, told: Told) -> None:
        """The next message."""
        for task, said in _meant(self._tasks, told):
            unit = self._tasks.rules.agency(said.unit)
            id_ = _id(task, unit)
            before = self._parts.get(id_, Part(id_, task.id, unit))
            after = _with(before, said, told)
            if after != before:
                self._parts[id_] = after
                self._changed.add(id_)
                self._of[task.id] = _row(task)


def _with(part: Part, said: Reported, told: Told) -> Part:
    if told.type == DATA:
        newer = part._replace(version=said.version, message=told.id, came_at=told.accepted_at)
        return newer if said.version > part.version else part
    return part._replace(returned=max(said.version, part.returned)) if said.returned else part


def _meant(tasks: Tasks, told: Told) -> Iterator[tuple[Task, Reported]]:
    """The reports that a message belongs to."""
    said = reported(told)
    if said is not None:
        for task in tasks.of(said.regime, said.form, said.period):
            if _comes(tasks.rules, task, said, told) and _owes(tasks.rules, task, said, told.accepted_at):
                yield task, said


def _comes(rules: Rules, task: Task, said: Reported, told: Told) -> bool:
    """Whether it comes of who may say it, to whom it concerns."""
    sender, unit = rules.agency(told.sender), rules.agency(said.unit)
    if told.type != DATA:
        return sender == task.unit
    to = {rules.agency(recipient) for _, recipient in told.copies}
    return task.unit in to and sender in (unit, rules.owes(unit, told.accepted_at))


def _owes(rules: Rules, task: Task, said: Reported, at: int) -> bool:
    unit = rules.agency(said.unit)
    return any(unit in (rules.agency(duty.unit), rules.owes(duty.unit, at)) for duty in task.owed)


def _row(task: Task) -> Aggregate:
    return Aggregate(task.id, task.rule, task.own.regime, task.own.form, task.own.period, task.unit)


def _id(task: Task, unit: str) -> str:
    return f"{task.id}|{unit}"
