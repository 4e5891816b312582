"""The one writer: one fsync for many, everybody gets an answer, and one bad request is only its own trouble."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event
from structlog.testing import capture_logs

from bus.errors import Busy
from bus.journal import Journal, committer, schema
from bus.journal.audit import audited
from bus.journal.chain import Deed
from bus.journal.committer import Caused
from bus.journal.tx import Tx
from tests.journals import PATIENCE, accept, balanced, in_file, intake, one_batch, state
from tests.messages import edoc


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    journal = in_file(tmp_path / "journal.db")
    with capture_logs():
        yield journal
        journal.close()


class Disk:
    """The disk under the writer; it may refuse commits."""

    def __init__(self, journal: Journal) -> None:
        self.full = False
        self.commits = 0
        event.listen(journal.store.writer, "commit", self._commit)

    def _commit(self, _connection: object) -> None:
        if self.full:
            raise OSError(28, "No space left on device")
        self.commits += 1


def submit(journal: Journal, verb: Any, request: Any, rank: int = 3) -> Future[Any]:
    return journal.committer.submit(verb, request, rank)


def noted(tx: Tx, names: Sequence[str]) -> list[Any]:
    """A verb that writes a row a request, and cannot stand the name "bad"."""
    if "bad" in names:
        raise ValueError("bad")
    audited(tx, [Deed("an", name) for name in names])
    return [name.upper() for name in names]


def test_what_has_queued_shares_one_commit(journal: Journal) -> None:
    """And each future gets its own result, in whatever order the work was done."""
    disk = Disk(journal)
    with one_batch(journal):
        futures = [submit(journal, noted, f"n{n}") for n in range(50)]

    assert [future.result(PATIENCE) for future in futures] == [f"N{n}" for n in range(50)]
    assert disk.commits == 2  # the one that held the batch up, and the batch


def test_a_group_that_fails_is_split_and_only_the_poisoned_one_fails(journal: Journal) -> None:
    """The others are written."""
    with one_batch(journal):
        futures = [submit(journal, noted, name) for name in ("a", "bad", "c")]

    assert [future.exception(PATIENCE) is not None for future in futures] == [False, True, False]
    with journal.store.reading() as connection:
        assert [row.what for row in connection.execute(schema.audit.select())] == ["a", "c"]


def test_a_poisoned_request_leaves_nothing_behind(journal: Journal) -> None:
    """Neither rows nor events of its half-done work."""

    def half_done(tx: Tx, requests: Sequence[str]) -> list[Any]:
        audited(tx, [Deed("an", request) for request in requests])
        tx.tell("told", "m")
        raise ValueError("too late")

    with one_batch(journal):
        bad, good = submit(journal, half_done, "x"), submit(journal, noted, "y", rank=4)

    assert bad.exception(PATIENCE)
    assert good.result(PATIENCE) == "Y"
    with journal.store.reading() as connection:
        assert [row.what for row in connection.execute(schema.audit.select())] == ["y"]
        assert connection.execute(schema.events.select()).all() == []


def test_every_future_is_set_when_the_disk_refuses(journal: Journal) -> None:
    """Nobody waits for ever; and when there is room again, work goes on."""
    disk = Disk(journal)
    disk.full = True
    futures = [journal.accept(intake(edoc(document_id=f"d{n}"))) for n in range(5)]
    assert all(future.exception(PATIENCE) is not None for future in futures)

    disk.full = False
    receipt = accept(journal, edoc(document_id="d0"))
    assert (state(journal, receipt), receipt.repeated) == ("queued", False)
    balanced(journal)


@pytest.mark.parametrize(
    ("wrote", "size", "seconds"),
    [(0.003, 2, 0.006), (0.003, 199, 0.006), (4.0, 50, 0.01), (0.003, 1, 0.0), (0.003, 200, 0.0)],
)
def test_only_after_a_batch_of_several_the_writer_rests(wrote: float, size: int, seconds: float) -> None:
    """Twice as long as it wrote, and never for long. Who came alone is not made to wait, nor is a queue that fills a batch."""
    assert committer.rest(wrote, size, cap=200) == seconds


def test_lower_ranks_go_first(journal: Journal) -> None:
    """What frees a lane before what takes from it."""
    order: list[str] = []

    def note(_tx: Tx, requests: Sequence[str]) -> list[Any]:
        order.extend(requests)
        return [None] * len(requests)

    with one_batch(journal):
        futures = [submit(journal, note, name, rank) for name, rank in (("lease", 5), ("settle", 0), ("accept", 3))]
    for future in futures:
        future.result(PATIENCE)

    assert order == ["settle", "accept", "lease"]


def test_who_has_gone_away_stops_nobody(journal: Journal) -> None:
    """A caller that cancels its future cannot: what was asked for is done, and the writer lives."""
    with one_batch(journal):
        gone, waiting = submit(journal, noted, "gone"), submit(journal, noted, "waiting")
        assert not gone.cancel()

    assert (gone.result(PATIENCE), waiting.result(PATIENCE)) == ("GONE", "WAITING")
    assert journal.committer.alive


def test_a_listener_that_fails_stops_nobody(journal: Journal) -> None:
    """Whoever hears of commits is not the writer's trouble."""

    def fail(_size: int, _caused: Caused) -> None:
        raise RuntimeError("listener")

    journal.committer.after_commit = fail
    for name in ("a", "b"):
        assert submit(journal, noted, name).result(PATIENCE)

    assert journal.committer.alive


def test_the_listener_hears_of_each_batch_and_who_woke(journal: Journal) -> None:
    """Once a batch, after its commit."""
    heard: list[tuple[int, Caused]] = []
    second = threading.Event()

    def listen(size: int, caused: Caused) -> None:
        heard.append((size, caused))
        if len(heard) == 2:
            second.set()

    journal.committer.after_commit = listen
    with one_batch(journal):
        for n in range(3):
            journal.accept(intake(edoc(document_id=f"d{n}")))

    assert second.wait(PATIENCE)
    assert heard == [(1, Caused(set(), [])), (3, Caused({"axis"}, []))]


def test_closing_writes_what_has_queued_and_then_takes_no_more(journal: Journal) -> None:
    """Nothing that was taken is forgotten; who comes later is told."""
    with one_batch(journal):
        futures = [submit(journal, noted, f"n{n}") for n in range(300)]
        closing = threading.Thread(target=journal.close)
        closing.start()
    closing.join(PATIENCE)

    assert [future.result(0) for future in futures] == [f"N{n}" for n in range(300)]
    with pytest.raises(Busy):
        submit(journal, noted, "late")
    journal.close()
