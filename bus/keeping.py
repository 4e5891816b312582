"""What may go of a message, by its age: pure. A rule's word goes before the default's, a state's before both."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from bus.clock import micros
from bus.config.models import Keep, Retention
from bus.journal.ageing import Aged
from bus.journal.states import State

#: Only these go by age: what is open or dead may still be sent.
_GOING = (State.DELIVERED, State.CANCELLED, State.EXPIRED)
What = Literal["bodies", "events"]


@dataclass(frozen=True, slots=True)
class Due:
    """What may go of one message: bodies by their SHA-256, and events with all that names persons."""

    message: Aged
    bodies: tuple[str, ...] = ()
    events: bool = False


class Keeping:
    """The rules of retention in force. ``bodies`` and ``events`` hold where the routes say nothing."""

    def __init__(self, retention: Mapping[str, Retention], bodies: timedelta, events: timedelta) -> None:
        self._retention = retention
        self._usual = Keep(bodies=bodies, events=events)

    def time(self, what: What, rule: str, state: str) -> int:
        """How long something of a settled copy is kept (microseconds)."""
        return micros(next(found for one in self._levels(rule, state) if (found := getattr(one, what))))

    def _levels(self, rule: str, state: str) -> Iterator[Keep]:
        for name in (rule, "default"):
            if of := self._retention.get(name):
                if special := getattr(of, state, None):
                    yield special
                yield of
        yield self._usual

    def shortest(self) -> int:
        """What is younger than this (microseconds) stays, whatever it is."""
        return min(self._all())

    def longest(self, what: What) -> int:
        """What is older than this (microseconds) goes, whatever it is."""
        names = (*self._retention, "default")
        return max(self.time(what, name, state) for name in names for state in _GOING)

    def _all(self) -> Iterator[int]:
        names = (*self._retention, "default")
        yield from (self.time("bodies", name, state) for name in names for state in _GOING)
        yield from (self.time("events", name, state) for name in names for state in _GOING)

    def due(self, message: Aged, now: int) -> Due:
        """What may go of a message now."""
        if message.held or any(copy.state not in _GOING for copy in message.copies):
            return Due(message)
        bodies, events = self._before("bodies", message, now), self._before("events", message, now)
        old = message.accepted_at < bodies
        going = tuple(body.sha256 for body in message.bodies if old and body.added_at < bodies)
        return Due(message, going, message.whole and message.accepted_at < events)

    def _before(self, what: What, message: Aged, now: int) -> int:
        """Of the times of all its copies the longest counts."""
        kinds = {(copy.rule, copy.state) for copy in message.copies} or {("", State.DELIVERED)}
        return now - max(self.time(what, rule, state) for rule, state in kinds)
