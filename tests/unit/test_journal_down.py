"""A journal that cannot be written for a while: nobody is told what is not so, nothing that was done is lost."""

from __future__ import annotations

import itertools
import sqlite3
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from pathlib import Path

import pytest
from sqlalchemy import text
from structlog.testing import capture_logs
from structlog.typing import EventDict

from bus.errors import JournalDown
from bus.journal import Journal
from bus.journal.health import trouble
from bus.journal.settle import Settlement
from bus.journal.states import State
from bus.journal.store import Store
from bus.journal.tx import Tx
from bus.message import Receipt
from tests.journals import (
    PATIENCE,
    accept,
    balanced,
    empty_journal,
    in_file,
    intake,
    only,
    opened,
    started,
    state,
    taken,
)
from tests.messages import edoc


@pytest.fixture
def logs() -> Iterator[list[EventDict]]:
    with capture_logs() as logs:
        yield logs


@pytest.fixture
def journal(tmp_path: Path, logs: list[EventDict]) -> Iterator[Journal]:
    journal = in_file(tmp_path / "journal.db")
    yield journal
    journal.close()


def pages(journal: Journal, most: int | None) -> None:
    """Let the file have so many pages, or no more than it has; SQLite then says that the disk is full, as it does when it
    is. Said by the writer's own thread: from beside it, it would end a transaction that is not its own.
    """

    def limit(tx: Tx, _requests: Sequence[None]) -> list[None]:
        number = most or tx.connection.execute(text("PRAGMA page_count")).scalar_one()
        tx.connection.exec_driver_sql(f"PRAGMA max_page_count={number}")
        return [None]

    journal.committer.submit(limit, None, -1).exception(PATIENCE)


def full(journal: Journal) -> None:
    pages(journal, None)


def large(number: int) -> bytes:
    return edoc(document_id=f"d{number}", attachments=[("a.pdf", bytes(200_000))])


def filled(journal: Journal) -> None:
    """Take documents in until there is no room even for a settlement."""
    full(journal)
    numbers = itertools.count()
    while not journal.accept(intake(edoc(document_id=f"fill{next(numbers)}"))).exception(PATIENCE):
        pass


def settled(journal: Journal, number: int) -> tuple[Future[bool], Receipt]:
    receipt = accept(journal, edoc(document_id=f"s{number}"))
    held = taken(journal, receipt)
    filled(journal)
    settlement = Settlement(only(journal, receipt).id, held.id, State.DELIVERED, "r" * 20_000, outcome="told")
    return journal.settle(settlement), receipt


def test_whoever_asks_is_told_that_nothing_was_written(journal: Journal, logs: list[EventDict]) -> None:
    """Each of a batch, and once in the log; afterwards everything goes on as before."""
    full(journal)
    futures = [journal.accept(intake(large(number))) for number in range(5)]
    assert {type(future.exception(PATIENCE)) for future in futures} == {JournalDown}
    assert journal.store.health.trouble == "its disk is full"

    pages(journal, 1 << 30)
    assert not accept(journal, large(0)).repeated
    assert not journal.store.health.trouble
    assert [line["event"] for line in logs] == ["journal.down", "journal.up"]
    balanced(journal)


def test_what_happened_outside_stays_in_hand_until_it_is_written(journal: Journal) -> None:
    """A call was answered: that cannot be had again, so its settlement is not lost to a full disk."""
    future, receipt = settled(journal, 1)
    assert isinstance(journal.probe().exception(PATIENCE), JournalDown | None)
    assert not future.done()

    pages(journal, 1 << 30)
    assert future.result(PATIENCE)
    assert state(journal, receipt) == "delivered"
    balanced(journal)


def test_others_are_answered_while_something_stays_in_hand(journal: Journal) -> None:
    """However long it takes."""
    future, _ = settled(journal, 1)
    for number in range(3):
        assert isinstance(journal.accept(intake(large(number))).exception(PATIENCE), JournalDown)
    assert not future.done()
    pages(journal, 1 << 30)
    assert future.result(PATIENCE)


def test_a_writer_that_finds_no_database_at_its_start_waits_for_it(tmp_path: Path, logs: list[EventDict]) -> None:
    """Who asks meanwhile is told so, and nobody has to start it anew."""
    path = tmp_path / "not mounted yet" / "journal.db"
    journal = started(Store(f"sqlite:///{path}"))
    assert isinstance(journal.accept(intake()).exception(PATIENCE), JournalDown)

    path.parent.mkdir()
    path.write_bytes(empty_journal())
    assert not accept(journal).repeated
    assert [line["event"] for line in logs] == ["journal.down", "journal.up"]
    journal.close()


def test_a_bus_that_stops_waits_for_nothing(tmp_path: Path) -> None:
    """What stayed in hand is told of as not written; the lease on disk makes it a doubt at the next start."""
    with capture_logs():
        journal = in_file(tmp_path / "other.db")
        future, receipt = settled(journal, 1)
        journal.close()
        assert isinstance(future.exception(PATIENCE), JournalDown)
        again = opened(f"sqlite:///{tmp_path / 'other.db'}")
        assert state(again, receipt) == "sending"
        again.close()


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (OSError(28, "No space left on device"), "its disk is full"),
        (OSError(2, "No such file"), ""),
        (sqlite3.IntegrityError("UNIQUE"), ""),
        (ValueError("bad"), ""),
    ],
)
def test_only_the_databases_own_trouble_passes(error: Exception, says: str) -> None:
    """What is wrong with a request stays its own fault."""
    assert trouble(error) == says
