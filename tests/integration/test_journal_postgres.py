"""The journal contract on PostgreSQL, and what only shows where several daemons write."""

from __future__ import annotations

import hashlib
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import text
from structlog.testing import capture_logs

from bus.clock import MICROS
from bus.errors import JournalDown, Rejected
from bus.indexer import Indexer
from bus.journal import Journal, audit, edits, operate, turns
from bus.journal import intake as intake_
from bus.journal.audit_reads import Asked, Walked
from bus.journal.browse import Browse
from bus.journal.chain import Deed
from bus.journal.lease import LeaseRequest
from bus.journal.operate import Order
from bus.journal.release import Release
from bus.journal.replays import Item, Portion
from bus.journal.schema import metadata
from bus.journal.settle import Settlement
from bus.journal.states import State
from bus.journal.store import Store
from bus.journal.straight import Lease
from bus.journal.tx import Tx
from bus.message import Claim
from tests.conftest import DATABASE_URL
from tests.contracts.journal import JournalContract
from tests.contracts.journal_replays import dead, drafted, running
from tests.journals import (
    PATIENCE,
    TERM,
    accept,
    balanced,
    hand,
    intake,
    only,
    opened,
    reached,
    send,
    started,
    state,
    taken,
    to,
)
from tests.messages import RECIPIENT, edoc

OTHER, THIRD = "000.00.12.H62", "000.00.13.H62"


ADMIN = DATABASE_URL.replace("postgresql+psycopg:", "postgresql:")


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """One database for all tests of this file, with its tables: making one takes longer than a test."""
    name = f"bus_test_{uuid.uuid4().hex}"
    with psycopg.connect(ADMIN, autocommit=True, connect_timeout=5) as admin:
        admin.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        url = urlsplit(ADMIN)._replace(scheme="postgresql+psycopg", path=f"/{name}").geturl()
        opened(url).close()
        yield url
        admin.execute(sql.SQL("DROP DATABASE {}").format(sql.Identifier(name)))


@pytest.fixture
def empty(url: str) -> str:
    """The database with nothing in its tables."""
    store = Store(url)
    tables = ", ".join(table.name for table in metadata.sorted_tables)
    with store.writer.begin() as connection:
        connection.execute(text(f"TRUNCATE {tables} RESTART IDENTITY"))
    store.close()
    return url


class TestPostgresJournal(JournalContract):
    @pytest.fixture
    def journal(self, empty: str) -> Iterator[Journal]:
        journal = started(Store(empty))
        yield journal
        journal.close()


@pytest.fixture
def two(empty: str) -> Iterator[tuple[Journal, Journal]]:
    """Two daemons on one database."""
    both = started(Store(empty)), started(Store(empty))
    with capture_logs():
        yield both
        for journal in both:
            journal.close()


class Stalled:
    """A verb that is done in full but for the commit, until it may go on."""

    def __init__(self, verb: Callable[[Tx, Sequence[Any]], Sequence[Any]]) -> None:
        self._verb = verb
        self._done, self._go = threading.Event(), threading.Event()

    def __call__(self, tx: Tx, requests: Sequence[Any]) -> Sequence[Any]:
        results = self._verb(tx, requests)
        tx.write_events()
        self._done.set()
        assert self._go.wait(PATIENCE)
        return results

    def wait(self) -> None:
        assert self._done.wait(PATIENCE)

    def go_on(self) -> None:
        self._go.set()


def stalled(journal: Journal, request: intake_.Intake) -> tuple[Stalled, Future[Any]]:
    """An intake that has numbered its events and not committed."""
    verb = Stalled(intake_.accept)
    future = journal.committer.submit(verb, request, 3)
    verb.wait()
    return verb, future


def until_blocked(journal: Journal, future: Future[Any]) -> None:
    """Until somebody waits for a lock, or the future is done because nobody had to."""
    deadline = time.monotonic() + PATIENCE
    waiting = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
    with journal.store.reading() as connection:
        while not future.done() and not connection.execute(waiting).scalar():
            assert time.monotonic() < deadline


def test_a_cursor_skips_nothing(two: tuple[Journal, Journal]) -> None:
    """Two writers, the first stalled between number and commit: what follows becomes visible after it."""
    first, second = two
    browse = Browse(first.store)
    verb, slow = stalled(first, intake(edoc(document_id="slow")))
    quick = second.accept(intake(edoc(document_id="quick")))
    until_blocked(first, quick)
    seen = [event.seq for event in browse.events_after(0, 100)]
    verb.go_on()
    for future in (slow, quick):
        future.result(PATIENCE)
    seen += [event.seq for event in browse.events_after(max(seen, default=0), 100)]

    assert seen == [event.seq for event in browse.events_after(0, 100)]
    assert len(seen) == 2


def test_two_daemons_that_take_the_same_message_in_make_one_event(two: tuple[Journal, Journal]) -> None:
    """Whoever is second reads the first's, and answers with its receipt."""
    first, second = two
    verb, slow = stalled(first, intake(call_key="k"))
    quick = second.accept(intake(call_key="k"))
    until_blocked(first, quick)
    verb.go_on()

    assert replace(quick.result(PATIENCE), repeated=False) == slow.result(PATIENCE)
    balanced(first)


def test_two_daemons_that_take_a_conflict_in_refuse_one(two: tuple[Journal, Journal]) -> None:
    """The second sees the first's content under its DocumentId."""
    first, second = two
    verb, slow = stalled(first, intake())
    quick = second.accept(intake(edoc(subject="V/v khác")))
    until_blocked(first, quick)
    verb.go_on()

    assert slow.result(PATIENCE)
    assert isinstance(quick.exception(PATIENCE), Rejected)
    balanced(first)


def test_two_daemons_that_extend_one_event_both_count(two: tuple[Journal, Journal]) -> None:
    """Each adds a recipient: three copies, and the receipt knows of three."""
    first, second = two
    receipt = accept(first, None, to(RECIPIENT))
    verb, slow = stalled(first, intake(None, to(OTHER)))
    quick = second.accept(intake(None, to(THIRD)))
    until_blocked(first, quick)
    verb.go_on()
    for future in (slow, quick):
        future.result(PATIENCE)

    assert sorted(reached(first, receipt)) == sorted([RECIPIENT, OTHER, THIRD])
    balanced(first)


def test_two_daemons_do_not_lease_one_copy_twice(two: tuple[Journal, Journal]) -> None:
    """Asked for at once, many times."""
    first, second = two
    receipts = [accept(first, edoc(document_id=f"d{n}")) for n in range(20)]
    wanted = [LeaseRequest(only(first, receipt).delivery, TERM) for receipt in receipts]
    futures = [journal.lease(request) for request in wanted for journal in two]

    assert sum(future.result(PATIENCE) is not None for future in futures) == 20
    assert {state(second, receipt) for receipt in receipts} == {"sending"}
    balanced(first)


def test_two_daemons_write_one_chain(two: tuple[Journal, Journal]) -> None:
    """The second's deed follows the first's, which has numbered and not committed: the chain never forks."""
    first, second = two
    verb = Stalled(audit.audited)
    slow = first.committer.submit(verb, Deed("an", "slow"), 6)
    verb.wait()
    quick = second.note_deed(Deed("binh", "quick"))
    until_blocked(first, quick)
    verb.go_on()
    for future in (slow, quick, *(journal.note_deed(Deed("an", f"d{n}")) for n in range(10) for journal in two)):
        future.result(PATIENCE)

    assert [row["what"] for row in first.audit.page(Asked())][-2:] == ["quick", "slow"]
    assert first.audit.walk() == Walked(22, None, first.audit.head()["hash"])  # type: ignore[index]


def test_of_an_edit_and_a_replay_the_second_sees_the_first(two: tuple[Journal, Journal]) -> None:
    """In either order: what is sent is the edited body, or the edit is refused; never both versions."""
    first, second = two
    for name in ("edit first", "replay first"):
        receipt = accept(first, edoc(document_id=name))
        send(first, receipt, State.DEAD, reason="schema")
        copy = only(first, receipt)
        body = edoc(document_id=name, subject="V/v đã sửa")
        claim = Claim(hashlib.sha256(body).hexdigest(), len(body), body)
        both: list[tuple[Any, Any]] = [
            (edits.propose, edits.Proposal(copy.id, "an", "", copy.body, claim)),
            (operate.replay, Order((copy.id,), "binh")),
        ]
        (verb, asked), (other, wanted) = both if name == "edit first" else both[::-1]
        standing = Stalled(verb)
        slow = first.committer.submit(standing, asked, 2)
        standing.wait()
        quick = second.committer.submit(other, wanted, 2)
        until_blocked(first, quick)
        standing.go_on()
        slow.result(PATIENCE)
        refused = quick.exception(PATIENCE)

        assert (refused is None) == (name == "edit first")
        assert [one.body for one in taken(second, receipt).copies] == [copy.body if refused else claim.sha256]
        balanced(second)


def test_two_daemons_release_a_copy_of_a_replay_once(two: tuple[Journal, Journal]) -> None:
    """Each believes that it is its turn; a copy goes when the first says so, and the second finds nothing to do."""
    first, second = two
    receipts = dead(first, 20)
    plan = running(first, receipts)
    released = [journal.replaying.release(Release(plan, [place])) for place in range(20) for journal in (second, first)]

    assert sum(len(future.result(PATIENCE)) for future in released) == 20
    assert {state(second, receipt) for receipt in receipts} == {"queued"}
    assert first.replays.progress(plan).out == 20
    balanced(first)


def test_two_people_who_freeze_the_same_share_it(two: tuple[Journal, Journal]) -> None:
    """At once, at two daemons: no copy is in both plans, and none is in neither."""
    first, second = two
    receipts = dead(first, 20)
    plans = [drafted(journal) for journal in two]
    taken_ = [
        journal.replaying.freeze(Portion(plan, [Item(place, receipt.copies[0].doc_id, "axis")]))
        for place, receipt in enumerate(receipts)
        for journal, plan in zip(two, plans, strict=True)
    ]

    got = [future.result(PATIENCE) for future in taken_]
    assert sum(map(len, got)) == 20
    assert set.union(*map(set, got)) == {receipt.copies[0].doc_id for receipt in receipts}
    assert sum(second.replays.progress(plan).planned for plan in plans) == 20


def test_of_two_daemons_one_has_the_turn(two: tuple[Journal, Journal]) -> None:
    """The second waits for the first's commit and reads it, where the turn is new and where its term is over."""
    first, second = two
    for mine, theirs in (("a", "b"), ("c", "d")):
        verb = Stalled(turns.take)
        slow = first.committer.submit(verb, turns.Turn("poll:axis", mine, TERM), 0)
        verb.wait()
        quick = second.take_turn(turns.Turn("poll:axis", theirs, TERM))
        until_blocked(first, quick)
        verb.go_on()

        assert (slow.result(PATIENCE), quick.result(PATIENCE)) == (True, False)
        for journal in two:
            hand(journal).move(TERM / MICROS)


def test_two_daemons_that_take_in_the_same_many_agree(two: tuple[Journal, Journal]) -> None:
    """In opposite order: no deadlock is anybody's answer, and each message is one."""
    bodies = [edoc(document_id=f"d{n}", attachments=()) for n in range(60)]
    futures = [
        [journal.accept(intake(body)) for body in order]
        for journal, order in zip(two, (bodies, bodies[::-1]), strict=True)
    ]
    ids = [{future.result(PATIENCE).message_id for future in some} for some in futures]

    assert ids[0] == ids[1]
    assert len(ids[0]) == 60
    balanced(two[0])


def end_connections(url: str) -> None:
    """Ours to this database, until they are gone; the server's own vacuum may not be ended."""
    gone = "SELECT pg_terminate_backend(pid, %s) FROM pg_stat_activity WHERE usename = current_user AND datname = %s"
    with psycopg.connect(ADMIN, autocommit=True) as admin:
        admin.execute(gone, [int(PATIENCE * 1000), urlsplit(url).path.removeprefix("/")])


def test_a_lost_connection_fails_its_batch_and_no_later_one(two: tuple[Journal, Journal]) -> None:
    """The database was restarted: everybody gets an answer, and the writer comes back by itself."""
    journal, _ = two
    accept(journal, edoc(document_id="before"))
    end_connections(journal.store.url)
    failed = journal.accept(intake(edoc(document_id="during")))
    failed.exception(PATIENCE)
    receipt = accept(journal, edoc(document_id="after"))

    assert state(journal, receipt) == "queued"
    balanced(journal)


@contextmanager
def server_away(url: str) -> Iterator[None]:
    """The database takes no connections, and ends those it has."""
    name = urlsplit(url).path.removeprefix("/")
    with psycopg.connect(ADMIN, autocommit=True) as admin:
        allow = sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS {}")
        admin.execute(allow.format(sql.Identifier(name), sql.SQL("false")))
        end_connections(url)
        try:
            yield
        finally:
            admin.execute(allow.format(sql.Identifier(name), sql.SQL("true")))


def test_a_server_that_goes_away_loses_nothing(empty: str) -> None:
    """Who asks meanwhile is told so, a settlement waits for it, and all goes on with new connections."""
    with capture_logs() as logs:
        journal = started(Store(empty))
        receipt = accept(journal, edoc(document_id="sent"))
        held = taken(journal, receipt)
        with server_away(empty):
            refused = journal.accept(intake(edoc(document_id="refused")))
            settlement = journal.settle(Settlement(only_id(held), held.id, State.DELIVERED, outcome="told"))
            assert isinstance(refused.exception(PATIENCE), JournalDown)
            with pytest.raises(JournalDown):
                journal.reads.copies(receipt.message_id)
            assert not settlement.done()

        assert settlement.result(PATIENCE)
        assert not accept(journal, edoc(document_id="refused")).repeated
        assert state(journal, receipt) == "delivered"
        balanced(journal)
        journal.close()
    assert [line["event"] for line in logs] == ["journal.down", "journal.up"]


def only_id(held: Lease) -> str:
    (copy,) = held.copies
    return copy.id


def test_one_process_at_a_time_makes_the_index(two: tuple[Journal, Journal]) -> None:
    """The other neither waits for it nor asks again and again; then it goes on where that one stopped."""
    one, other = two
    accept(one)
    for journal in two:
        journal.grow_index().result(PATIENCE)
    browse = Browse(other.store)
    with one.store.writer.connect() as holder:
        held = holder.execute(text("SELECT name FROM cursors WHERE name = 'search' FOR UPDATE")).scalars().all()
        assert held
        accept(other, edoc(document_id="new"))
        Indexer(other, browse.unfinished).work()
        assert browse.behind().events
        holder.rollback()

    Indexer(other, browse.unfinished).work()
    assert not browse.behind()
