"""The delivery core in a test's hands: a sink that does as it is told, its outlet, and workers over a real journal."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from bus.channel import Ticket
from bus.claimcheck import ClaimCheck
from bus.config.models import RetryPolicy
from bus.delivery import Courier, Told
from bus.endpoint import Answer, Delivered
from bus.endpoint_settings import EndpointSettings
from bus.gate import Gates
from bus.journal import Journal
from bus.journal.notes import Condition
from bus.journal.reads import Reads
from bus.journal.straight import Lease
from bus.message import CopyOut, Delivery, Receipt
from bus.outlet import Outlet
from bus.transport.side_by_side import SideBySide
from bus.workers import Workers
from tests.journals import AXIS, PATIENCE, TERM, only

ASK_AFTER = timedelta(minutes=2)


def delivered(parcel: Delivery) -> Mapping[str, Any]:
    """Success for every copy."""
    return {copy.doc_id: Delivered(f"r-{copy.doc_id}") for copy in parcel.copies}


@dataclass
class ScriptedSink:
    """Carries out a function for each call, and keeps what it was given. ``answer`` is what asking gives or raises."""

    act: Callable[[Delivery], Any] = delivered
    answer: Answer | Exception = Answer.UNKNOWN
    sent: list[Delivery] = field(default_factory=list)
    asked: list[CopyOut] = field(default_factory=list)

    def send(self, delivery: Delivery) -> Any:
        self.sent.append(delivery)
        return self.act(delivery)

    def ask(self, delivery: Delivery, copy: CopyOut) -> Answer:
        self.asked.append(copy)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer

    def close(self) -> None:
        """Nothing to let go of."""


class Gatekeeper:
    """An act that lets calls in and holds them until they are let out."""

    def __init__(self) -> None:
        self._out = threading.Event()
        self._inside = threading.Semaphore(0)
        self._lock = threading.Lock()
        self.now = 0
        self.most = 0

    def __call__(self, parcel: Delivery) -> Mapping[str, Any]:
        with self._lock:
            self.now += 1
            self.most = max(self.most, self.now)
        self._inside.release()
        assert self._out.wait(PATIENCE)
        with self._lock:
            self.now -= 1
        return delivered(parcel)

    def wait_for(self, calls: int) -> None:
        """Until so many more have come in."""
        for _ in range(calls):
            assert self._inside.acquire(timeout=PATIENCE)

    def open(self) -> None:
        """Let everybody out, now and from now on."""
        self._out.set()


def outlet(sink: ScriptedSink | None = None, name: str = AXIS, **settings: Any) -> Outlet:
    """An endpoint in working order. ``settings``: of :class:`EndpointSettings`."""
    made = EndpointSettings(kind="rest", **{"concurrency": 1, **settings})
    return Outlet(name, sink or ScriptedSink(), made, RetryPolicy(), ask_after=ASK_AFTER)


class Yard:
    """Workers over a journal, with the outlets they serve; a ticket's way is waited for, never slept for."""

    def __init__(self, journal: Journal, home: Path, *outlets: Outlet, reads: Reads | None = None) -> None:
        self.journal = journal
        self.noted: list[Condition] = []
        self.gates = Gates(journal.clock, self.noted.append)
        for one in outlets:
            self.gates.configure(one.name, one.settings.concurrency, one.settings.rate)
        claims = ClaimCheck(home / "bodies", home / "spool")
        courier = Courier(reads or journal.reads, claims, journal.clock, roll=lambda: 0.0)
        self.told: queue.SimpleQueue[tuple[Lease, Told]] = queue.SimpleQueue()
        self._back: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._acked: queue.SimpleQueue[str] = queue.SimpleQueue()
        self.workers = Workers(
            journal,
            courier,
            self.gates,
            SideBySide(),
            lambda: TERM,
            lambda lease, told: self.told.put((lease, told)),
            self._back.put,
        )
        self.workers.serve({one.name: one for one in outlets})

    def ticket(self, receipt: Receipt, endpoint: str = AXIS) -> None:
        """Hand in a ticket for the one copy of a message."""
        delivery = only(self.journal, receipt).delivery
        self.workers.take(Ticket(endpoint, delivery), lambda: self._acked.put(delivery))

    def acked(self, count: int = 1) -> list[str]:
        """Wait for so many tickets to be let go."""
        return [self._acked.get(timeout=PATIENCE) for _ in range(count)]

    def carry_out(self, *receipts: Receipt, endpoint: str = AXIS) -> None:
        """Tickets for all of them, until all are let go."""
        for receipt in receipts:
            self.ticket(receipt, endpoint)
        self.acked(len(receipts))
