"""What goes on: the answer to the question behind a rule."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from bus.plan import Plan


@dataclass(frozen=True, slots=True)
class Found:
    """One thing of a rule that goes on, and how much of it, in both languages. Never words of a document."""

    #: As operators name it: an endpoint, a partner, a disk.
    thing: str
    #: Since when, in journal microseconds.
    since: int
    vi: str
    en: str


@dataclass(frozen=True, slots=True)
class Asked:
    """A rule at an instant. ``rule`` is the model of its kind in ``bus.config.alerts``."""

    rule: Any
    plan: Plan
    now: int
    #: Since when what is known of this rule goes on, by thing.
    known: Mapping[str, int] = field(default_factory=dict)

    def endpoints(self) -> list[str]:
        """The endpoint the rule names, or all there are."""
        named = self.rule.endpoint
        return [named] if named else sorted(self.plan.routes.endpoints)


class Question(Protocol):
    """What a kind of rule watches. Costs little, however much is stored."""

    def __call__(self, asked: Asked) -> list[Found]:
        """Everything that goes on now. Raises JournalDown where that cannot be known."""
        ...
