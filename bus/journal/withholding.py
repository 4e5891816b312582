"""The verbs of legal holds, which keep from retention what a court or an inspection wants; each as a future that is done when its
effect is on disk.
"""

from __future__ import annotations

from concurrent.futures import Future

from bus.journal import legal
from bus.journal.committer import Committer


class Withholding:
    """What the journal is told to keep, and to keep no longer."""

    def __init__(self, committer: Committer, place: int, place_of_tidying: int) -> None:
        self._committer = committer
        #: Where these verbs come within a batch.
        self._place, self._tidying = place, place_of_tidying

    def begin(self, hold: legal.Hold) -> Future[int]:
        """Begin a legal hold; its number."""
        return self._committer.submit(legal.begin, hold, self._place)

    def keep(self, found: legal.Found) -> Future[int]:
        """Have a legal hold keep what it found; how many messages are new to it."""
        return self._committer.submit(legal.keep, found, self._place)

    def lift(self, lift: legal.Lift) -> Future[int]:
        """End a legal hold; how many messages it keeps. The future raises NotFound."""
        return self._committer.submit(legal.lift, lift, self._place)

    def clear(self) -> None:
        """Let go of what ended legal holds keep, a portion at a time."""
        while self._committer.submit(legal.let_go, None, self._tidying).result() == legal.AT_MOST:
            pass
