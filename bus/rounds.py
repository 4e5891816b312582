"""Work that is done in rounds by a thread of its own: now and then, and when somebody rings.

Whatever goes wrong in one round is told, and the next one comes all the same.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

from bus import log
from bus.errors import BusError, JournalDown

_log = log.get()


class Rounds:
    """One thread that calls ``work``; what that gives is the rest before the next round, in seconds, where it is not ``tick``.

    ``pause``: seconds between rounds at the least, however often somebody rings.
    """

    def __init__(self, name: str, work: Callable[[], float | None], *, tick: float, pause: float = 0.0) -> None:
        self._name = name
        self._work = work
        self._tick = tick
        self._pause = pause
        self._bell = threading.Event()
        #: Set when no more is to be begun.
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        """Begin to work."""
        self._thread.start()

    def wake(self) -> None:
        """There may be something to do."""
        self._bell.set()

    def stop(self) -> None:
        """Begin no round any more, and wait for the one under way. Idempotent."""
        self._stopped.set()
        self._bell.set()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        rest = self._tick
        while not self._stopped.wait(self._pause):
            self._bell.wait(rest)
            self._bell.clear()
            if not self._stopped.is_set():
                rest = self._round()

    def _round(self) -> float:
        try:
            rest = self._work()
        except JournalDown:
            return self._tick  # the journal has said so, and the next round asks again
        except BusError as error:
            _log.warning(f"{self._name}.delayed", error=str(error))
            return self._tick
        except Exception:
            _log.exception(f"{self._name}.failed")
            return self._tick
        return self._tick if rest is None else rest
