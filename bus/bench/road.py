"""What the writer of the journal spends on a document: taken in, leased and settled in groups of twenty.

Counted is the processor time of the writer's own thread; beside a busy thread it is to be the same, and only its turns come
later.
"""

from __future__ import annotations

import hashlib
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bus.bench.child import answer
from bus.bench.documents import RECIPIENT, SENDER, SMALL, Series
from bus.clock import MICROS, SystemClock
from bus.journal import Journal
from bus.journal.intake import Intake
from bus.journal.lease import LeaseRequest
from bus.journal.migrate import upgrade
from bus.journal.placement import Placement
from bus.journal.settle import Settlement
from bus.journal.states import State
from bus.journal.store import Store
from bus.journal.tx import Tx
from bus.message import Claim, Inbound, ReturnAddress
from schemas.content import Content

_GROUP = 20
_PATIENCE = 60.0
_TERM = 300 * MICROS


@dataclass(frozen=True, slots=True)
class Road:
    """Documents a second, and seconds of the writer's processor time for each to accept, lease and settle."""

    rate: float
    accept: float
    lease: float
    settle: float

    @property
    def cpu(self) -> float:
        """Seconds of the writer's processor time for a document."""
        return self.accept + self.lease + self.settle


def median(url: str, busy: int, count: int, rounds: int) -> Road:
    """The middle one of some rounds, each in a process of its own."""
    roads: list[Road] = [answer(road, url, busy, count) for _ in range(rounds)]
    return sorted(roads, key=lambda each: each.cpu)[len(roads) // 2]


def road(url: str, busy: int, count: int) -> Road:
    """``count`` documents into the database of ``url`` (SQLite in a folder that goes away, where it is empty)."""
    with _journal(url) as journal:
        intakes = [_intake(data) for data in map(Series(SMALL, f"{time.time_ns():x}"[-8:]).one, range(count + _GROUP))]
        _road(journal, intakes[:_GROUP])
        with _busy(busy):
            began = time.monotonic()
            stages = [_road(journal, intakes[at : at + _GROUP]) for at in range(_GROUP, len(intakes), _GROUP)]
            took = time.monotonic() - began
    accept, lease, settle = (sum(stage) / count for stage in zip(*stages, strict=True))
    return Road(count / took, accept, lease, settle)


@contextmanager
def _journal(url: str) -> Iterator[Journal]:
    with tempfile.TemporaryDirectory(prefix="bus-bench-") as folder:
        store = Store(url or f"sqlite:///{Path(folder) / 'journal.db'}")
        upgrade(store)
        journal = Journal(store, SystemClock())
        journal.start()
        yield journal
        journal.close()


@contextmanager
def _busy(count: int) -> Iterator[None]:
    """Threads that always want the interpreter, switched as often as the daemon has it."""
    sys.setswitchinterval(0.0005)
    over = threading.Event()
    threads = [threading.Thread(target=_spin, args=(over,)) for _ in range(count)]
    for thread in threads:
        thread.start()
    yield
    over.set()
    for thread in threads:
        thread.join()


def _spin(over: threading.Event) -> None:
    while not over.is_set():
        sum(range(100))


def _road(journal: Journal, intakes: Sequence[Intake]) -> tuple[float, float, float]:
    """One group from its acceptance to its settlement: seconds of the writer at each stage."""
    receipts, accepting = _together(journal, journal.accept, intakes)
    deliveries = [copy.doc_id for receipt in receipts for copy in receipt.copies]
    leases, leasing = _together(journal, journal.lease, [LeaseRequest(delivery, _TERM) for delivery in deliveries])
    told = [_settlement(lease.copies[0].id, lease.id) for lease in leases]
    _, settling = _together(journal, journal.settle, told)
    return accepting, leasing, settling


def _together(journal: Journal, verb: Callable[[Any], Any], requests: Sequence[Any]) -> tuple[list[Any], float]:
    """Ask for all of it while the writer stands, so that it is one batch; its results, and what the writer spent on it."""
    go = threading.Event()

    def stand(_tx: Tx, _requests: Sequence[None]) -> list[float]:
        go.wait(_PATIENCE)
        return [time.thread_time()]

    stands = journal.committer.submit(stand, None, 0)
    futures = [verb(request) for request in requests]
    go.set()
    results = [future.result(_PATIENCE) for future in futures]
    over = journal.committer.submit(stand, None, 0)
    return results, over.result(_PATIENCE) - stands.result(_PATIENCE)


def _intake(data: bytes) -> Intake:
    digest = hashlib.sha256(data).hexdigest()
    content = Content(
        type="edoc",
        kind="new",
        sender=SENDER,
        recipients=(RECIPIENT,),
        document_id=digest[:24],
        key=digest[:24],
        variant="",
        digest=digest,
        digest_rule=1,
        subject="V/v báo cáo tình hình tiếp nhận và xử lý văn bản điện tử",
        view={"number": "15/BC-SNV", "type": "Báo cáo", "date": "2025-11-03", "signer": "Nguyễn Văn An"},
    )
    claim = Claim(digest, len(data), data)
    inbound = Inbound(ReturnAddress("api", "sender"), content, claim, (RECIPIENT,), call_key=f"api:sender:{digest}")
    return Intake(inbound, (SENDER,), (), (Placement(RECIPIENT, "there", "inside"),), (), "v1")


def _settlement(copy: str, lease: str) -> Settlement:
    now = time.time_ns() // 1000
    return Settlement(
        copy,
        lease,
        State.DELIVERED,
        remote_id=copy,
        outcome="delivered",
        words="200 accepted",
        began_at=now,
        ended_at=now,
    )
