"""A turn in hand: what only one process may do at a time, renewed while this one works at it."""

from __future__ import annotations

from contextlib import suppress

from bus import log
from bus.clock import Clock
from bus.errors import Busy
from bus.journal import Journal
from bus.journal.turns import Turn

_log = log.get()
#: Seconds for which a turn that was just renewed is taken for ours without asking: little beside any term.
FRESH = 20.0


class HeldTurn:
    """One turn as one worker holds it. Not to be shared by threads."""

    def __init__(self, journal: Journal, wanted: Turn, clock: Clock) -> None:
        self._journal = journal
        self._wanted = wanted
        self._clock = clock
        self._renewed_at = 0.0
        #: Whether it was ours when we last asked.
        self.ours = False

    def take(self) -> bool:
        """Take or renew it; False where another process has it. Raises Busy where the journal is closed."""
        asked_at = self._clock.monotonic()
        self.ours = self._journal.take_turn(self._wanted).result()
        self._renewed_at = asked_at
        return self.ours

    def keep(self) -> bool:
        """Whether it is still ours; renewed where it is a while ago that it was."""
        if not self.ours or self._clock.monotonic() - self._renewed_at < FRESH:
            return self.ours
        if not self.take():
            _log.warning("turn.lost", turn=self._wanted.name)
        return self.ours

    def end(self) -> None:
        """Let others have it at once."""
        if self.ours:
            self.ours = False
            with suppress(Busy):  # the journal is closed: it ends with its term
                self._journal.end_turn(self._wanted).result()
