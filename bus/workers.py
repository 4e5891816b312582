"""Tickets to calls: lease by the ticket, carry out, settle, and only then let the ticket go.

No endpoint waits for another: calls that are one request are made side by side on one thread, and an endpoint whose
sink makes its calls itself has threads of its own, as many as it may have calls on the wire. Nobody waits for a lease or
a settlement.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass

from structlog.contextvars import bound_contextvars

from bus import log
from bus.channel import Ack, Ticket
from bus.crew import Crew
from bus.delivery import Courier, Told
from bus.errors import BusError
from bus.gate import Gates
from bus.journal import Journal
from bus.journal.lease import LeaseRequest
from bus.journal.settle import Settlement
from bus.journal.straight import Lease
from bus.outcome import abandoned, given_back
from bus.outlet import Outlet
from bus.pushes import Pushes
from bus.transport import Ended, Exchange, Request

_log = log.get()


@dataclass(slots=True, eq=False)
class _Job:
    lease: Lease
    ticket: Ticket
    ack: Ack


class Workers:
    """Carries out tickets. ``on_told`` hears of every finished lease; ``on_back`` of every ticket that is done with."""

    def __init__(
        self,
        journal: Journal,
        courier: Courier,
        gates: Gates,
        exchange: Exchange,
        term: Callable[[], int],
        on_told: Callable[[Lease, Told], None],
        on_back: Callable[[str], None],
    ) -> None:
        self._journal = journal
        self._courier = courier
        self._gates = gates
        self._term = term
        self._on_told = on_told
        self._on_back = on_back
        self._outlets: Mapping[str, Outlet] = {}
        self._lock = threading.Lock()
        self._crews: dict[str, Crew[_Job]] = {}
        self._pushes: Pushes[_Job] = Pushes(exchange, self._push)
        self._under_way: dict[_Job, Outlet] = {}
        self._stopping = False

    def serve(self, outlets: Mapping[str, Outlet]) -> None:
        """Work with these outlets from now on; calls under way finish with theirs."""
        self._outlets = dict(outlets)

    def take(self, ticket: Ticket, ack: Ack) -> None:
        """A ticket came: ask for its lease and return. Quick, and never raises."""
        outlet = self._outlets.get(ticket.endpoint)
        if self._stopping or outlet is None:
            self._let_go(ticket, ack)
            return
        try:
            future = self._journal.lease(LeaseRequest(ticket.delivery, self._term(), asks=outlet.asks))
        except BusError:
            self._let_go(ticket, ack)
            return
        future.add_done_callback(lambda done: self._leased(ticket, ack, done))

    def carry(self, lease: Lease) -> None:
        """Carry out a lease that was granted without a ticket. Quick, and never raises."""
        delivery = lease.copies[0].delivery
        self._gates.gone(lease.endpoint, delivery)
        self._hand_over(_Job(lease, Ticket(lease.endpoint, delivery), _no_ticket))

    def stop(self, within: float) -> None:
        """Put back what was not begun, wait ``within`` seconds for calls under way, give the rest up as unknown."""
        with self._lock:
            self._stopping = True
            not_begun = [job for hands in self._hands() for job in hands.send_home()]
        for job in not_begun:
            self._settle(job, Told(given_back(job.lease)))
        deadline = time.monotonic() + within
        for hands in self._hands():
            hands.join(deadline)
        with self._lock:
            left = list(self._under_way.items())
        for job, outlet in left:
            self._settle(job, Told(abandoned(job.lease, outlet, self._journal.clock.now())))

    def _leased(self, ticket: Ticket, ack: Ack, done: Future[Lease | None]) -> None:
        lease = None if done.exception() else done.result()
        if lease is None:
            self._let_go(ticket, ack)
            return
        self._gates.leased(ticket.endpoint, ticket.delivery)
        self._hand_over(_Job(lease, ticket, ack))

    def _hand_over(self, job: _Job) -> None:
        if not self._put_in_line(job):
            self._settle(job, Told(given_back(job.lease)))

    def _put_in_line(self, job: _Job) -> bool:
        name = job.ticket.endpoint
        with self._lock:
            outlet = self._outlets.get(name)
            if self._stopping or outlet is None:
                return False
            if outlet.pusher and len(job.lease.copies) == 1:
                self._pushes.put(name, job, outlet.settings.concurrency)
            else:
                self._crew(name).put(job, outlet.settings.concurrency)
            return True

    def _crew(self, name: str) -> Crew[_Job]:
        return self._crews.get(name) or self._crews.setdefault(name, Crew(name, self._work))

    def _hands(self) -> list[Crew[_Job] | Pushes[_Job]]:
        return [*self._crews.values(), self._pushes]

    def _work(self, job: _Job) -> None:
        lease = job.lease
        with bound_contextvars(message=lease.event.id, endpoint=lease.endpoint, route=lease.copies[0].rule):
            outlet = self._begin(job)
            if outlet:
                self._end(job, self._courier.deliver(lease, outlet))

    def _push(self, job: _Job) -> tuple[Request, Callable[[Ended], None]] | None:
        outlet = self._begin(job)
        if outlet is None:
            return None
        pusher = outlet.pusher  # none, if the routes have changed meanwhile
        push = self._courier.push(job.lease, outlet, pusher) if pusher else Told(given_back(job.lease))
        if isinstance(push, Told):
            self._end(job, push)
            return None
        return push.request, lambda ended: self._end(job, push.told(ended))

    def _begin(self, job: _Job) -> Outlet | None:
        """The outlet to carry a job out by; None where it was put back, for no call may be made now."""
        outlet = self._outlets.get(job.ticket.endpoint)
        if self._stopping or outlet is None or self._gates.shut(outlet.name):
            self._settle(job, Told(given_back(job.lease)))
            return None
        with self._lock:
            self._under_way[job] = outlet
        return outlet

    def _end(self, job: _Job, told: Told) -> None:
        with self._lock:
            del self._under_way[job]
        self._settle(job, told)

    def _settle(self, job: _Job, told: Told) -> None:
        """Have it written, and go on: the ticket is let go when it is."""
        self._gates.learn(job.ticket.endpoint, told.settlements)
        self._on_told(job.lease, told)
        waiting = _Countdown(len(told.settlements), lambda: self._let_go(job.ticket, job.ack))
        for settlement in told.settlements:
            self._submit(settlement, waiting)

    def _submit(self, settlement: Settlement, waiting: _Countdown) -> None:
        try:
            future = self._journal.settle(settlement)
        except BusError:
            _log.warning("settlement.lost", copy=settlement.copy, outcome=settlement.outcome)
            waiting.down()
            return
        future.add_done_callback(lambda done: self._settled(settlement, done, waiting))

    def _settled(self, settlement: Settlement, done: Future[bool], waiting: _Countdown) -> None:
        if error := done.exception():
            _log.error("settlement.failed", copy=settlement.copy, outcome=settlement.outcome, error=repr(error))
        waiting.down()

    def _let_go(self, ticket: Ticket, ack: Ack) -> None:
        ack()
        self._gates.back(ticket.endpoint, [ticket.delivery])
        self._on_back(ticket.endpoint)


def _no_ticket() -> None:
    """Nobody waits to hear of the end."""


class _Countdown:
    """Calls ``then`` once, after ``count`` calls of :meth:`down` from any threads."""

    def __init__(self, count: int, then: Callable[[], None]) -> None:
        self._left = count
        self._then = then
        self._lock = threading.Lock()

    def down(self) -> None:
        with self._lock:
            self._left -= 1
            done = self._left == 0
        if done:
            self._then()
