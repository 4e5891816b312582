"""What the writer of the journal spends on a document: taken in, leased and settled in groups of twenty.

Counted is the processor time of the writer's own thread; beside a busy thread it is to be the same, and only its turns come
later. PostgreSQL only where ``--database`` names an empty one.
"""

from __future__ import annotations

import hashlib
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench.options import Options
from bus.bench.child import answer
from bus.bench.documents import RECIPIENT, SENDER, SMALL, Series
from bus.bench.row import Row
from bus.clock import MICROS, SystemClock
from bus.journal import Journal
from bus.journal.intake import Intake, Placement
from bus.journal.lease import LeaseRequest
from bus.journal.migrate import upgrade
from bus.journal.settle import Settlement
from bus.journal.states import State
from bus.journal.store import Store
from bus.message import Claim, Inbound, ReturnAddress
from schemas.content import Content

_DOCUMENTS, _GROUP = 4000, 20
_PATIENCE = 60.0
_TERM = 300 * MICROS


def measure(options: Options) -> Iterator[Row]:
    """Each database alone and beside a busy thread, in turns."""
    databases = {"SQLite": ""} | ({"PostgreSQL": options.database} if options.database else {})
    for name, url in databases.items():
        for beside in ("alone", "beside a busy thread"):
            rounds = [answer(_run, url, beside != "alone", options.count(_DOCUMENTS)) for _ in range(options.rounds(3))]
            rate, accept, lease, settle = sorted(rounds, key=lambda each: sum(each[1:]))[len(rounds) // 2]
            note = f"accept {accept:.0f}, lease {lease:.0f}, settle {settle:.0f} microseconds of the writer"
            figures = {"rate": rate, "cpu": (accept + lease + settle) / 1000}
            yield Row("journal", f"{name}, {beside}", figures, note)


def _run(url: str, busy: bool, count: int) -> tuple[float, float, float, float]:
    """Documents a second, and the writer's microseconds for each to accept, lease and settle."""
    with _journal(url) as journal:
        intakes = [_intake(data) for data in map(Series(SMALL, f"{time.time_ns():x}"[-8:]).one, range(count + _GROUP))]
        _road(journal, intakes[:_GROUP])
        with _busy() if busy else _quiet():
            began = time.monotonic()
            stages = [_road(journal, intakes[at : at + _GROUP]) for at in range(_GROUP, len(intakes), _GROUP)]
            took = time.monotonic() - began
    accept, lease, settle = (sum(stage) / count * 1e6 for stage in zip(*stages, strict=True))
    return count / took, accept, lease, settle


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
def _busy() -> Iterator[None]:
    """A thread that always wants the interpreter, switched as often as the daemon has it."""
    sys.setswitchinterval(0.0005)
    over = threading.Event()
    thread = threading.Thread(target=_spin, args=(over,))
    thread.start()
    yield
    over.set()
    thread.join()


def _spin(over: threading.Event) -> None:
    while not over.is_set():
        sum(range(100))


@contextmanager
def _quiet() -> Iterator[None]:
    yield


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
    stands, go = _Clock(), threading.Event()
    journal.committer.submit(lambda _tx, _requests: [(go.wait(_PATIENCE), stands.read())], None, 0)
    futures = [verb(request) for request in requests]
    go.set()
    results = [future.result(_PATIENCE) for future in futures]
    journal.committer.submit(lambda _tx, _requests: [stands.read()], None, 0).result(_PATIENCE)
    return results, stands.between


class _Clock:
    """The processor time of the thread that reads it."""

    def __init__(self) -> None:
        self._seconds: list[float] = []

    def read(self) -> None:
        self._seconds.append(time.thread_time())

    @property
    def between(self) -> float:
        """Seconds between the first reading and the last."""
        return self._seconds[-1] - self._seconds[0]


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
