"""Consequences follow the journal: what an intake or a settlement causes beyond its own rows (semantics 8).

A named cursor works off the journal's events in order, and moves in the transaction of the effect; what
an event causes enters again through ``ingress.accept``. Ingress and delivery know none of this.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

from bus import log
from bus.errors import Rejected
from bus.ingress import Ingress
from bus.journal import Journal
from bus.journal.browse import Browse, Happened
from bus.message import Inbound
from bus.rounds import Rounds

_log = log.get()
_PORTION = 200
#: Seconds between looks where nobody rang.
_TICK = 1.0
#: Seconds between looks at the least, and between notes of how far one has come. A note is a commit, which rings again;
#: what is not noted yet when the bus dies is worked off once more, to no further effect.
_PAUSE, _NOTE = 0.1, 1.0


class Consequence(Protocol):
    """What one kind of event causes."""

    #: The cursor's name.
    name: str

    def of(self, event: Happened) -> Inbound | None:
        """The message this event causes, the same each time it is asked; None: none. Raises Rejected where there
        should be one that cannot be.
        """
        ...


class Consequences(Rounds):
    """One thread that works off the events for every consequence."""

    def __init__(self, journal: Journal, browse: Browse, ingress: Ingress, consequences: Sequence[Consequence]) -> None:
        super().__init__("consequences", self.work, tick=_TICK, pause=_PAUSE)
        self._journal = journal
        self._browse = browse
        self._ingress = ingress
        self._consequences = consequences
        #: Up to which event each has worked, and what the journal knows of that.
        self._done: dict[str, int] = {}
        self._noted: dict[str, int] = {}
        self._noted_at = float("-inf")

    def start(self) -> None:
        """Begin to work: what the journal told before a consequence was known here has none."""
        for name in (consequence.name for consequence in self._consequences):
            if not self._browse.begun(name):
                self._journal.advance(name, self._browse.last_event()).result()
        super().start()

    def work(self) -> None:
        """Work off what there is, and note how far that is unless it was noted a moment ago."""
        if not self._done:
            self._noted = {each.name: self._journal.reads.position(each.name) for each in self._consequences}
            self._done = dict(self._noted)
        while not self._stopped.is_set() and self._portion():
            pass
        if self._journal.clock.monotonic() - self._noted_at >= _NOTE:
            self._note()

    def _portion(self) -> bool:
        """Work off one portion; whether there may be more."""
        events = self._browse.events_after(min(self._done.values()), _PORTION)
        for consequence in self._consequences:
            for event in events:
                if event.seq > self._done[consequence.name]:
                    self._follow(consequence, event)
        return len(events) == _PORTION

    def _follow(self, consequence: Consequence, event: Happened) -> None:
        """Have happen what follows. What cannot be written or accepted is told of and passed over: the next event must
        not wait for it.
        """
        try:
            caused = consequence.of(event)
            if caused is not None:
                self._ingress.accept(replace(caused, cursor=(consequence.name, event.seq))).result()
                self._noted[consequence.name] = event.seq
        except Rejected as refusal:
            _log.warning("consequence.refused", consequence=consequence.name, code=refusal.code, seq=event.seq)
        self._done[consequence.name] = event.seq

    def _note(self) -> None:
        moved = [(name, done) for name, done in self._done.items() if done != self._noted[name]]
        for future in [self._journal.advance(name, done) for name, done in moved]:
            future.result()
        if moved:
            self._noted |= moved
            self._noted_at = self._journal.clock.monotonic()
