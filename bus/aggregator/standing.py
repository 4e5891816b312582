"""What is there of a report that is made of others, and who is missing. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

import orjson

from bus.aggregator.tasks import Task
from bus.expectation.rules import Rules
from bus.journal.aggregating import Aggregate, Part


@dataclass(frozen=True, slots=True)
class Standing:
    """The parts that count, each once, the units that owe theirs, and those whose report was waived and is not there; all by their codes."""

    parts: tuple[Part, ...]
    missing: tuple[str, ...]
    waived: tuple[str, ...] = ()

    @property
    def without(self) -> tuple[str, ...]:
        """The units without which it would go now: a waived report is no zero, and is named as any other that is missing."""
        return tuple(sorted({*self.missing, *self.waived}))

    def may_go(self, released: Sequence[str]) -> bool:
        """Whether it is complete, but for those without which it may go. Of nothing nothing is made."""
        return bool(self.parts) and set(self.missing) <= set(released)


def standing(rules: Rules, task: Task, parts: Iterable[Part], waived: Collection[str], now: int) -> Standing:
    """How a report stands. For a unit whose code was closed the report of who took its place counts, where it sent none itself.
    ``waived`` are the keys of reports nobody waits for.
    """
    there = {part.unit: part for part in parts if part.counts}
    found: dict[str, Part] = {}
    missing: dict[bool, set[str]] = {False: set(), True: set()}
    for duty in task.owed:
        unit = rules.agency(duty.unit)
        part = there.get(unit) or there.get(rules.owes(duty.unit, now))
        if part is None:
            missing[duty.key in waived].add(unit)
        else:
            found[part.unit] = part
    excused = missing[True] - missing[False]
    return Standing(tuple(found[unit] for unit in sorted(found)), tuple(sorted(missing[False])), tuple(sorted(excused)))


def released(row: Aggregate) -> list[str]:
    """The units without which it may go."""
    found: list[str] = orjson.loads(row.released)
    return found
