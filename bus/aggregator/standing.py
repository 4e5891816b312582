"""What is there of a report that is made of others, and who is missing. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

import orjson

from bus.aggregator.tasks import Task
from bus.expectation.duties import Duty
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
    """How a report stands. For a unit whose code was closed the report counts that who took its place sent since then, where it sent none
    itself. ``waived`` are the keys of reports nobody waits for.
    """
    there = {part.unit: part for part in parts if part.counts}
    found: dict[str, Part] = {}
    missing: dict[bool, set[str]] = {False: set(), True: set()}
    for duty in task.owed:
        unit = rules.agency(duty.unit)
        part = there.get(unit) or _stand_in(rules, duty, there.values(), now)
        if part is None:
            missing[duty.key in waived].add(unit)
        else:
            found[part.unit] = part
    excused = missing[True] - missing[False]
    return Standing(tuple(found[unit] for unit in sorted(found)), tuple(sorted(missing[False])), tuple(sorted(excused)))


def _stand_in(rules: Rules, duty: Duty, parts: Iterable[Part], now: int) -> Part | None:
    """The latest report of who had taken a unit's place when it was sent; what came before times were kept is taken for one of now."""
    if rules.owes(duty.unit, now) == rules.agency(duty.unit):
        return None
    mine = (part for part in parts if rules.owes(duty.unit, part.came_at or now) == part.unit)
    return max(mine, key=lambda part: part.came_at, default=None)


def released(row: Aggregate) -> list[str]:
    """The units without which it may go."""
    found: list[str] = orjson.loads(row.released)
    return found
