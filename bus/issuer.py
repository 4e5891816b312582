"""Issues tickets in lease order, no more than an endpoint can take; the backlog stays in the journal.

Woken by commits, by tickets that come back, and by a slow tick for what waits for time (an open breaker,
a rate, a broker that was down). A ticket that is lost costs time only: it is issued again.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping

from bus import log
from bus.channel import Channel, ChannelDown, Ticket
from bus.clock import Clock
from bus.errors import BusError
from bus.gate import Gates
from bus.journal.reads import Reads
from bus.outlet import Outlet

_log = log.get()
_TICK = 0.25


class Issuer:
    """One thread that turns due deliveries into tickets. ``ahead`` says how many leases may run ahead of calls."""

    def __init__(self, reads: Reads, channel: Channel, gates: Gates, clock: Clock, ahead: Callable[[], int]) -> None:
        self._reads = reads
        self._channel = channel
        self._gates = gates
        self._clock = clock
        self._ahead = ahead
        self._endpoints: frozenset[str] = frozenset()
        #: Those whose partner is asked about doubts.
        self._asked: frozenset[str] = frozenset()
        self._woken: set[str] = set()
        #: Endpoints being looked at, or with more to issue than could go out: what comes back there is followed by more.
        self._hungry: set[str] = set()
        #: Those where a look left nothing.
        self._idle: frozenset[str] = frozenset()
        self._bell = threading.Condition()
        self._stopped = False
        self._thread = threading.Thread(target=self._run, name="issuer", daemon=True)

    def start(self) -> None:
        """Begin to issue."""
        self._thread.start()

    def serve(self, outlets: Mapping[str, Outlet]) -> None:
        """Issue for these endpoints from now on, and look at each once."""
        self._asked = frozenset(name for name, outlet in outlets.items() if outlet.asks)
        self._endpoints = frozenset(outlets)
        self._idle &= self._endpoints
        self.wake(self._endpoints)

    def wake(self, endpoints: Iterable[str]) -> None:
        """Something may be due at these endpoints."""
        with self._bell:
            self._woken |= self._endpoints & frozenset(endpoints)
            self._bell.notify()

    def back(self, endpoint: str) -> None:
        """A ticket of this endpoint is done with: there is room for another, if one is wanted."""
        with self._bell:
            if endpoint in self._hungry:
                self._woken.add(endpoint)
                self._bell.notify()

    def idle(self, endpoint: str) -> bool:
        """Whether the last look left nothing that is due at this endpoint: what comes now waits behind nobody."""
        return endpoint in self._idle

    def stop(self) -> None:
        """Issue no more. Idempotent."""
        with self._bell:
            self._stopped = True
            self._bell.notify()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        while (names := self._next()) is not None:
            for name in names:
                self._issue_safely(name)

    def _next(self) -> set[str] | None:
        with self._bell:
            if not self._woken and not self._stopped:
                self._bell.wait(_TICK if self._hungry else None)
            if self._stopped:
                return None
            names, self._woken = self._woken or set(self._hungry), set()
            return names & self._endpoints

    def _issue_safely(self, name: str) -> None:
        self._note(name, hungry=True)
        try:
            hungry = self._issue(name)
        except BusError as error:
            _log.warning("tickets.delayed", endpoint=name, error=str(error))
            hungry = True
        except Exception:
            _log.exception("tickets.failed", endpoint=name)
            hungry = True
        self._note(name, hungry=hungry)
        self._idle = self._idle - {name} if hungry else self._idle | {name}

    def _note(self, name: str, *, hungry: bool) -> None:
        with self._bell:
            (self._hungry.add if hungry else self._hungry.discard)(name)

    def _issue(self, name: str) -> bool:
        """Issue what there is room for; whether there is, or may be, more."""
        room = self._gates.room(name, self._ahead())
        if not room:
            return True
        wanted = room + self._gates.out(name)
        due = self._reads.due(name, self._clock.now(), wanted, asks=name in self._asked)
        chosen, _ = self._gates.take(name, due, room)
        self._publish(name, chosen)
        # What is due again while its ticket is out may go when that comes back.
        return len(chosen) < len(due.urgent) or due.cut

    def _publish(self, name: str, deliveries: list[str]) -> None:
        try:
            self._channel.publish([Ticket(name, delivery) for delivery in deliveries])
        except ChannelDown:
            self._gates.back(name, deliveries)
            raise
