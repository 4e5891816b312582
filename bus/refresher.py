"""Keeps partners' lists of agencies fresh in the background: each at its own interval, its trouble its own.

To look at a list changes nothing at the partner, so an endpoint that only observes is looked at too.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping

from bus import log
from bus.clock import MICROS, Clock
from bus.errors import BusError
from bus.refresh import AgencyList

_log = log.get()
#: Microseconds after which a look that failed is tried again, or the interval where that is shorter.
_AGAIN = 15 * 60 * MICROS


class Refresher:
    """A thread a list. ``look`` looks once; ``last`` tells when a list was last looked at, in journal microseconds."""

    def __init__(self, look: Callable[[AgencyList], object], last: Callable[[str], int | None], clock: Clock) -> None:
        self._look = look
        self._last = last
        self._clock = clock
        self._running: dict[str, tuple[AgencyList, threading.Event, threading.Thread]] = {}

    def serve(self, lists: Mapping[str, AgencyList]) -> None:
        """Look at these from now on. One that did not change goes on."""
        for name, (one, stop, _thread) in list(self._running.items()):
            if lists.get(name) != one:
                stop.set()
                del self._running[name]
        for name, one in lists.items():
            if one.every is not None and name not in self._running:
                self._start(one, one.every)

    def stop(self, within: float = 2.0) -> None:
        """Look no more. A look under way is waited for that many seconds; one that is cut off is made anew."""
        running, self._running = list(self._running.values()), {}
        for _, stop, _ in running:
            stop.set()
        for _, _, thread in running:
            thread.join(within)

    def wait(self, one: AgencyList, every: int) -> int:
        """Microseconds until the next look; none where there was none yet, never more than the interval."""
        last = self._last(one.endpoint)
        return 0 if last is None else min(max(last + every - self._clock.now(), 0), every)

    def _start(self, one: AgencyList, every: int) -> None:
        stop = threading.Event()
        name = f"directory-{one.endpoint}"
        thread = threading.Thread(target=self._run, args=(one, every, stop), name=name, daemon=True)
        self._running[one.endpoint] = (one, stop, thread)
        thread.start()

    def _run(self, one: AgencyList, every: int, stop: threading.Event) -> None:
        wait = self.wait(one, every)
        while not stop.wait(wait / MICROS):
            wait = every if self._safely(one) else min(_AGAIN, every)

    def _safely(self, one: AgencyList) -> bool:
        """Whether the list could be looked at; why not is in the log."""
        try:
            self._look(one)
        except BusError as error:
            _log.warning("directory.failed", endpoint=one.endpoint, error=str(error))
        except Exception:
            _log.exception("directory.failed", endpoint=one.endpoint)
        else:
            return True
        return False
