"""Keeps the index by words, and the count of what is settled, at the heels of the journal's events, and makes both for what was
there before (semantics 8).
"""

from __future__ import annotations

import threading
from collections.abc import Callable

from bus import log
from bus.errors import BusError
from bus.journal import Journal
from bus.journal.index import PORTION

_log = log.get()
#: Seconds between looks at the least, so that a portion is worth its commit; and where nobody rang.
_PAUSE, _TICK = 0.5, 1.0
#: Older copies may wait: for each second spent on them so many go by, and the writer is the road's.
_REST = 3


class Indexer:
    """One thread."""

    def __init__(self, journal: Journal, unfinished: Callable[[], bool]) -> None:
        self._journal = journal
        self._unfinished = unfinished
        self._bell = threading.Event()
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="indexer", daemon=True)

    def start(self) -> None:
        """Begin to work."""
        self._thread.start()

    def wake(self) -> None:
        """Something was committed."""
        self._bell.set()

    def stop(self) -> None:
        """Work no more. Idempotent."""
        self._stopped.set()
        self._bell.set()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        while not self._stopped.wait(_PAUSE):
            self._bell.wait(_TICK)
            self._bell.clear()
            try:
                self.work()
            except BusError as error:
                _log.warning("index.delayed", error=str(error))
            except Exception:
                _log.exception("index.failed")

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
