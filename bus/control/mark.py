"""What an order changed, as its row of the audit tells it: bounded, however many copies it was about."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

from bus.journal.operate import Done

#: Copies that are named; the others are counted only. And as much of what changed as is kept.
_NAMED, _LONGEST = 25, 4000


@dataclass(slots=True)
class Mark:
    """Filled by the order while it is carried out."""

    before: dict[str, Any] = field(default_factory=dict)
    after: dict[str, Any] = field(default_factory=dict)
    _states: tuple[Counter[str], Counter[str]] = field(default_factory=lambda: (Counter(), Counter()))
    _copies: tuple[dict[str, str], dict[str, str]] = field(default_factory=lambda: ({}, {}))

    def change(self, before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
        """What was one way and is another now."""
        self.before |= before
        self.after |= after

    def copies(self, done: Iterable[Done]) -> None:
        """Copies by the state they were in and the one they are in; what was refused changed nothing."""
        for one in done:
            if not one.refused:
                self._count(0, one.copy, one.was)
                self._count(1, one.copy, one.state)

    def _count(self, side: int, copy: str, state: str) -> None:
        if not state:
            return
        self._states[side][str(state)] += 1
        if len(self._copies[side]) < _NAMED:
            self._copies[side][copy] = str(state)

    def texts(self) -> tuple[str, str]:
        """Both sides as JSON; empty where nothing changed."""
        return self._text(0, self.before), self._text(1, self.after)

    def _text(self, side: int, more: Mapping[str, Any]) -> str:
        told = dict(more)
        if self._states[side]:
            told |= {"states": dict(self._states[side]), "copies": self._copies[side]}
        return orjson.dumps(told, default=str).decode()[:_LONGEST] if told else ""
