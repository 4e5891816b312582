"""Everything that tells people, as one part of the daemon: a thread that watches, and one a channel that carries."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence

from bus import log
from bus.alerts.machine import OfMachine
from bus.alerts.post import Carrier, Outbox, Postman
from bus.alerts.troubles import Trouble
from bus.alerts.watcher import Watcher
from bus.clock import Clock
from bus.config import RoutesFile
from bus.config.channels import Channel
from bus.errors import BusError

_log = log.get()
#: Seconds between rounds.
EVERY = 30.0
#: Seconds that what is under way gets to end when the bus stops; a letter that is cut off is carried again.
_LAST = 2.0


class Alerts:
    """``round`` does what is due each time; ``carrier`` makes what a channel's settings ask for."""

    def __init__(
        self,
        watcher: Watcher,
        machine: OfMachine,
        rounds: Sequence[Callable[[], None]],
        outbox: Outbox,
        carrier: Callable[[Channel], Carrier],
        clock: Clock,
    ) -> None:
        self._watcher = watcher
        self.machine = machine
        self._rounds = rounds
        self._outbox = outbox
        self._carrier = carrier
        self._clock = clock
        self._lock = threading.Lock()
        self._postmen: dict[str, tuple[Channel, Postman]] = {}
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="alerts", daemon=True)
        watcher.wake = self._wake

    def serve(self, routes: RoutesFile) -> None:
        """Carry to these channels from now on. One that did not change goes on."""
        with self._lock:
            for name, (channel, postman) in list(self._postmen.items()):
                if routes.channels.get(name) != channel:
                    del self._postmen[name]
                    postman.stop(0)
            for name, channel in routes.channels.items():
                if name not in self._postmen:
                    self._postmen[name] = (channel, self._hired(name, channel))

    def start(self, troubles: Callable[[], Sequence[Trouble]]) -> None:
        """Begin to watch. ``troubles`` says what of the bus is not in order."""
        self.machine.troubles = troubles
        self._thread.start()

    def stop(self) -> None:
        """Watch and carry no more. Idempotent."""
        self._stop.set()
        with self._lock:
            postmen = [postman for _, postman in self._postmen.values()]
            self._postmen = {}
        for postman in postmen:
            postman.stop(0)
        if self._thread.is_alive():
            self._thread.join(_LAST)
        for postman in postmen:
            postman.stop(_LAST / len(postmen))

    def round(self) -> None:
        """One round of everything; what goes wrong in one part stops no other."""
        for act in (self._watcher.round, *self._rounds):
            try:
                act()
            except BusError as error:
                _log.warning("alerts.delayed", error=str(error))
            except Exception:
                _log.exception("alerts.failed")

    @property
    def postmen(self) -> Mapping[str, Postman]:
        """Who carries to which channel."""
        with self._lock:
            return {name: postman for name, (_, postman) in self._postmen.items()}

    def _hired(self, name: str, channel: Channel) -> Postman:
        made = Postman(name, self._carrier(channel), self._outbox, self._clock, lambda: self._watcher.ours)
        made.start()
        return made

    def _run(self) -> None:
        while not self._stop.wait(EVERY):
            self.round()
        try:
            self._watcher.end()
        except BusError as error:
            _log.warning("alerts.delayed", error=str(error))

    def _wake(self) -> None:
        for postman in self.postmen.values():
            postman.wake()
