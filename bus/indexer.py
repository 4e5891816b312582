"""Keeps the index by words, and the count of what is settled, at the heels of the journal's events, and makes both for what was
there before (semantics 8).
"""

from __future__ import annotations

from collections.abc import Callable

from bus.journal import Journal
from bus.journal.index import PORTION
from bus.rounds import Rounds

#: Seconds between looks at the least, so that a portion is worth its commit; and where nobody rang.
_PAUSE, _TICK = 0.5, 1.0
#: Older copies may wait: for each second spent on them so many go by, and the writer is the road's.
_REST = 3


class Indexer(Rounds):
    """One thread."""

    def __init__(self, journal: Journal, unfinished: Callable[[], bool]) -> None:
        super().__init__("indexer", self.work, tick=_TICK, pause=_PAUSE)
        self._journal = journal
        self._unfinished = unfinished

    def work(self) -> None:
        """Work off what there is, unless another process does. What comes meanwhile waits until it is worth a portion."""
        while not self._stopped.is_set() and self._unfinished():
            began = self._journal.clock.monotonic()
            futures = self._journal.grow_index(), self._journal.sum_up()
            grown, summed = (future.result() for future in futures)
            if grown.older or summed.older:
                self._stopped.wait(_REST * (self._journal.clock.monotonic() - began))
            elif max(grown.events, summed.events) < PORTION:
                return
