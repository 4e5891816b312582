"""What the writer of the journal spends on a document: taken in, leased and settled.

Stage by stage, a group of twenty is taken in, then leased, then settled, a commit each. Side by side, as in a daemon at work, one
commit settles a group, leases the next and takes a third in. Counted is the processor time of the writer's own thread; beside a busy
thread it is to be the same, and only its turns come later. PostgreSQL only where ``--database`` names an empty one.
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

from bench.child import answer
from bench.documents import RECIPIENT, SENDER, SMALL, Series
from bench.row import Options, Row
from bus.clock import MICROS, SystemClock
from bus.journal import Journal
from bus.journal.intake import Intake, Placement
from bus.journal.lease import Lease, LeaseRequest
from bus.journal.migrate import upgrade
from bus.journal.settle import Settlement
from bus.journal.states import State
from bus.journal.store import Store
from bus.journal.tx import Tx
from bus.message import Claim, Inbound, Receipt, ReturnAddress
from schemas.content import Content

_DOCUMENTS, _GROUP, _SMALL_GROUP = 4000, 20, 5
_PATIENCE = 60.0
_TERM = 300 * MICROS

#: Documents a second, and the writer's microseconds for each, by stage.
_Seen = tuple[float, list[float]]
#: A verb of the journal, and what it is asked for.
_Wanted = tuple[Callable[[Any], Any], Any]


def measure(options: Options) -> Iterator[Row]:
    """Each database stage by stage, alone and beside a busy thread; then side by side, in large groups and small ones."""
    databases = {"SQLite": ""} | ({"PostgreSQL": options.database} if options.database else {})
    for name, url in databases.items():
        for beside in ("alone", "beside a busy thread"):
            rate, stages = _median(options, _stage_by_stage, url, beside != "alone")
            accept, lease, settle = stages
            note = f"accept {accept:.0f}, lease {lease:.0f}, settle {settle:.0f} microseconds of the writer"
            yield Row("journal", f"{name}, {beside}", rate=rate, cpu=sum(stages) / 1000, note=note)
        for group in (_GROUP, _SMALL_GROUP):
            rate, stages = _median(options, _side_by_side, url, group)
            note = f"groups of {group}" + ("" if url else f": {_statements(group):.1f} statements a document")
            yield Row("journal", f"{name}, side by side", rate=rate, cpu=sum(stages) / 1000, note=note)


def _median(options: Options, run: Callable[..., _Seen], *how: object) -> _Seen:
    rounds: list[_Seen] = [answer(run, *how, options.count(_DOCUMENTS)) for _ in range(options.rounds(3))]
    return sorted(rounds, key=lambda seen: sum(seen[1]))[len(rounds) // 2]


def _stage_by_stage(url: str, busy: bool, count: int) -> _Seen:
    with _journal(url) as journal:
        groups = _groups(_GROUP, count // _GROUP + 1)
        _road(journal, groups[0])
        with _busy() if busy else _quiet():
            began = time.monotonic()
            stages = [_road(journal, group) for group in groups[1:]]
            took = time.monotonic() - began
    return count / took, [sum(stage) / count * 1e6 for stage in zip(*stages, strict=True)]


def _side_by_side(url: str, size: int, count: int) -> _Seen:
    with _journal(url) as journal:
        belt, groups = _Belt(journal), _groups(size, count // size + 2)
        for group in groups[:2]:
            belt.step(group)
        began = time.monotonic()
        spent = sum(belt.step(group) for group in groups[2:])
        took = time.monotonic() - began
    return count / took, [spent / count * 1e6]


def _statements(size: int) -> float:
    """What SQLite is told side by side, in statements a document."""
    told: list[str] = []
    with _journal("") as journal:
        belt, (first, second, third) = _Belt(journal), _groups(size, 3)
        belt.step(first)
        belt.step(second)
        _trace(journal, told.append)
        belt.step(third)
    return sum(statement not in ("COMMIT", "BEGIN IMMEDIATE") for statement in told) / size


def _trace(journal: Journal, heard: Callable[[str], None]) -> None:
    def trace(tx: Tx, _requests: Sequence[None]) -> list[None]:
        driver: Any = tx.connection.connection.dbapi_connection
        return [driver.set_trace_callback(heard)]

    journal.committer.submit(trace, None, 0).result(_PATIENCE)


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
    receipts, accepting = _together(journal, [(journal.accept, intake) for intake in intakes])
    leases, leasing = _together(journal, [(journal.lease, request) for request in _lease_requests(receipts)])
    _, settling = _together(journal, [(journal.settle, told) for told in _settlements(leases)])
    return accepting, leasing, settling


class _Belt:
    """Groups of one size that follow each other through the stages."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._requests: list[LeaseRequest] = []
        self._told: list[Settlement] = []

    def step(self, intakes: Sequence[Intake]) -> float:
        """All groups go on by one stage, in one commit; seconds of the writer."""
        journal, size = self._journal, len(intakes)
        settling: list[_Wanted] = [(journal.settle, told) for told in self._told]
        leasing: list[_Wanted] = [(journal.lease, request) for request in self._requests]
        accepting: list[_Wanted] = [(journal.accept, intake) for intake in intakes]
        results, seconds = _together(journal, [*accepting, *leasing, *settling])
        self._requests = _lease_requests(results[:size])
        self._told = _settlements(results[size : size + len(leasing)])
        return seconds


def _together(journal: Journal, wanted: Sequence[_Wanted]) -> tuple[list[Any], float]:
    """Ask for all of it while the writer stands, so that it is one batch; its results, and what the writer spent on it."""
    clock, stands, go = _Clock(), threading.Event(), threading.Event()
    journal.committer.submit(lambda _tx, _requests: [(stands.set(), go.wait(_PATIENCE), clock.read())], None, 0)
    stands.wait(_PATIENCE)
    futures = [verb(request) for verb, request in wanted]
    go.set()
    results = [future.result(_PATIENCE) for future in futures]
    journal.committer.submit(lambda _tx, _requests: [clock.read()], None, 0).result(_PATIENCE)
    return results, clock.between


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


def _groups(size: int, count: int) -> list[list[Intake]]:
    intakes = list(map(_intake, map(Series(SMALL, f"{time.time_ns():x}"[-8:]).one, range(size * count))))
    return [intakes[at : at + size] for at in range(0, len(intakes), size)]


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


def _lease_requests(receipts: Sequence[Receipt]) -> list[LeaseRequest]:
    return [LeaseRequest(copy.doc_id, _TERM) for receipt in receipts for copy in receipt.copies]


def _settlements(leases: Sequence[Lease]) -> list[Settlement]:
    now = time.time_ns() // 1000
    call: dict[str, Any] = {"outcome": "delivered", "words": "200 accepted", "began_at": now, "ended_at": now}
    copies = [(copy.id, lease.id) for lease in leases for copy in lease.copies]
    return [Settlement(copy, lease, State.DELIVERED, remote_id=copy, **call) for copy, lease in copies]
