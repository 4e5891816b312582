"""The one writer: takes whatever has queued, and makes it durable with one fsync.

A *verb* is a function ``(tx, requests) -> results``: it handles a group of equal requests with one
statement per table, and gives a result or an exception for each. A group that fails is run again one
by one to set the poisoned request aside.

Who comes alone is written at once. After a batch of several the writer rests twice as long as it wrote: what a
commit costs whatever its size is shared by so many more, and the others get the processor meanwhile.

While nothing can be written (the disk is full, the database is away) everybody is told so at a slow pace, but for
settlements: they tell what happened outside and cannot be had again, so they stay in hand until they are written.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, TypeVar

from sqlalchemy import Connection

from bus import log
from bus.clock import Clock
from bus.errors import Busy, JournalDown
from bus.journal.health import trouble
from bus.journal.promise import Promise
from bus.journal.store import Store
from bus.journal.straight import Lease, Straight, Way
from bus.journal.tx import Tx

_log = log.get()

#: How often a race with another writer is lost before that is said.
_RACES = 3
#: The writer rests so many times as long as it wrote, and so many seconds at the most.
_TIMES, _REST = 2, 0.01
#: Seconds between batches while nothing can be written.
_PACE = 0.5

Request = TypeVar("Request")
Result = TypeVar("Result")

#: Something the journal can do to a group of equal requests.
Verb = Callable[[Tx, Sequence[Request]], Sequence[Result | Exception]]


@dataclass(frozen=True, slots=True)
class Caused:
    """What a batch leads to: endpoints at which something may be due, and leases to carry out."""

    woken: Collection[str] = ()
    leases: Sequence[Lease] = ()


@dataclass(slots=True)
class _Work:
    verb: Callable[[Tx, Sequence[Any]], Sequence[Any]]
    request: Any
    rank: int
    #: Whether it stays in hand while nothing can be written.
    stays: bool = False
    future: Promise[Any] = field(default_factory=Promise)


class Committer:
    """Owns the writing connection and its thread.

    :attr:`after_commit` is called once a batch, with the batch's size and what it caused.
    """

    def __init__(self, store: Store, clock: Clock, cap: int = 200) -> None:
        self._store = store
        self._clock = clock
        self.after_commit: Callable[[int, Caused], None] = lambda _size, _caused: None
        #: What may go as soon as it is on disk.
        self.way = Way()
        self._cap = cap
        self._queue: queue.SimpleQueue[_Work | None] = queue.SimpleQueue()
        self._gate = threading.Lock()
        self._closed = threading.Event()
        #: What could not be written yet and stays in hand.
        self._kept: list[_Work] = []
        self._thread = threading.Thread(target=self._run, name="committer", daemon=True)
        self._connection: Connection | None = None
        #: Size of the last batch: what can be in hand at once.
        self.last_batch = 1

    def start(self) -> None:
        """Begin to write."""
        self._thread.start()

    @property
    def alive(self) -> bool:
        """Whether requests are being written."""
        return self._thread.is_alive()

    def submit(
        self, verb: Verb[Request, Result], request: Request, rank: int, *, stays: bool = False
    ) -> Future[Result]:
        """Have it done in the next batch; lower ranks first within a batch. Raises Busy after :meth:`close`,
        but not to what the last batches cause: a lease that nobody will work on any more is given back.

        The future raises JournalDown where nothing can be written; what ``stays`` waits until it can.
        """
        work = _Work(verb, request, rank, stays)
        with self._gate:
            if self._closed.is_set() and threading.current_thread() is not self._thread:
                raise Busy("the journal is closed")
            self._queue.put(work)
        return work.future

    def close(self) -> None:
        """Write what has queued, then stop. Idempotent."""
        with self._gate:
            if not self._closed.is_set():
                self._closed.set()
                self._queue.put(None)
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        while (batch := self._gather()) is not None:
            self.last_batch = len(batch)
            began = self._clock.monotonic()
            self._settle(batch)
            if self._store.health.trouble:
                self._closed.wait(_PACE)
            elif seconds := rest(self._clock.monotonic() - began, len(batch), self._cap):
                time.sleep(seconds)
        if self._connection:
            self._connection.close()

    def _gather(self) -> list[_Work] | None:
        """What was kept in hand, or else wait for one request, and all that is there; None when closed and empty."""
        batch, self._kept = self._kept, []
        most = len(batch) + self._cap
        if not batch:
            first = self._queue.get()
            if first is None:
                if self._queue.empty():
                    return None
                self._queue.put(None)
                return self._gather()
            batch.append(first)
        while len(batch) < most:
            try:
                work = self._queue.get_nowait()
            except queue.Empty:
                break
            if work is None:
                self._queue.put(None)
                break
            batch.append(work)
        batch.sort(key=lambda work: work.rank)
        return batch

    def _settle(self, batch: list[_Work]) -> None:
        try:
            results, caused = self._written(self._connected(), batch)
        except Exception as error:
            self._failed(batch, error)
            return
        self._store.health.wrote()
        for work, result in zip(batch, results, strict=True):
            if isinstance(result, Exception):
                work.future.set_exception(result)
            else:
                work.future.set_result(result)
        self._tell(len(batch), caused)

    def _connected(self) -> Connection:
        """The one that writes: had by the first batch for which the database answers."""
        if self._connection is None:
            self._connection = self._store.writer.connect()
        return self._connection

    def _failed(self, batch: list[_Work], error: Exception) -> None:
        """Nothing of a batch was written: keep what stays, tell the others."""
        reason = self._store.health.failed(error)
        if reason:
            if self._connection:
                self._store.mend(self._connection)
            error = JournalDown(f"the journal cannot be written: {reason}")
        else:
            _log.error("batch.failed", size=len(batch), exc_info=error)
        keeps = bool(reason) and not self._closed.is_set()
        for work in batch:
            if keeps and work.stays:
                self._kept.append(work)
            else:
                work.future.set_exception(error)

    def _tell(self, size: int, caused: Caused) -> None:
        try:
            self.after_commit(size, caused)
        except Exception:
            _log.exception("after_commit.failed", size=size)

    def _written(self, connection: Connection, batch: list[_Work]) -> tuple[list[Any], Caused]:
        """The batch, or one by one what of it can be written. Raises where nothing can."""
        try:
            return self._write_together(connection, batch)
        except Exception as error:
            if trouble(error):
                raise
            _log.warning("batch.split", size=len(batch), error=repr(error))
            return self._write(connection, batch, self._one_by_one)

    def _write_together(self, connection: Connection, batch: list[_Work]) -> tuple[list[Any], Caused]:
        for _ in range(_RACES):
            with suppress(Busy):  # another writer was first: what it wrote can be read now
                return self._write(connection, batch, self._all_at_once)
        return self._write(connection, batch, self._all_at_once)

    def _write(
        self, connection: Connection, batch: list[_Work], how: Callable[[Tx, list[_Work]], list[Any]]
    ) -> tuple[list[Any], Caused]:
        with connection.begin():
            tx = Tx(connection, self._clock.now(), straight=Straight(self.way))
            results = how(tx, batch)
            tx.write_events()
        return results, Caused(tx.woken, tx.straight.leases)

    def _all_at_once(self, tx: Tx, batch: list[_Work]) -> list[Any]:
        results: list[Any] = []
        for group in _groups(batch):
            results += group[0].verb(tx, [work.request for work in group])
        return results

    def _one_by_one(self, tx: Tx, batch: list[_Work]) -> list[Any]:
        return [self._by_itself(tx, work) for work in batch]

    def _by_itself(self, tx: Tx, work: _Work) -> Any:
        try:
            for _ in range(_RACES):
                with suppress(Busy):
                    return self._alone(tx, work)
            return self._alone(tx, work)
        except Exception as error:
            if trouble(error) or self._store.ended(tx.connection):
                raise
            return error

    def _alone(self, tx: Tx, work: _Work) -> Any:
        apart = Tx(tx.connection, tx.now)
        with tx.connection.begin_nested():
            (result,) = work.verb(apart, [work.request])
        tx.take_over(apart)
        return result


def rest(wrote: float, size: int, cap: int) -> float:
    """Seconds until the next batch is looked for, after one of this size that took so many to write; ``cap`` fills one."""
    return min(_TIMES * wrote, _REST) if 1 < size < cap else 0.0


def _groups(batch: list[_Work]) -> list[list[_Work]]:
    """The batch, which is sorted by rank, cut where the verb changes."""
    groups: list[list[_Work]] = []
    for work in batch:
        if groups and groups[-1][0].verb == work.verb:
            groups[-1].append(work)
        else:
            groups.append([work])
    return groups
