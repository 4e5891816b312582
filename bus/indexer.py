"""Keeps the index by words at the heels of the journal's events, and makes it for what was there before (semantics 8)."""

from __future__ import annotations

import threading
from collections.abc import Callable

from bus import log
from bus.errors import BusError
from bus.journal import Journal
from bus.journal.index import PORTION, Behind

_log = log.get()
#: Seconds between looks at the least, so that a portion is worth its commit; and where nobody rang.
_PAUSE, _TICK = 0.5, 1.0
#: Older copies may wait: for each second spent on them so many go by, and the writer is the road's.
_REST = 3


class Indexer:
    """One thread."""

    def __init__(self, journal: Journal, behind: Callable[[], Behind]) -> None:
        self._journal = journal
        self._behind = behind
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
        while not self._stopped.is_set() and self._behind():
            began = self._journal.clock.monotonic()
            grown = self._journal.grow_index().result()
            if grown.older:
                self._stopped.wait(_REST * (self._journal.clock.monotonic() - began))
            elif grown.events < PORTION:
                return
