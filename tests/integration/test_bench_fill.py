"""Filled tables are honest ones, and what counts statements counts them."""

from __future__ import annotations

import subprocess
import sys

import pytest
from sqlalchemy import func, select

from bus.bench.counted import Counts
from bus.bench.questions import asked, summed
from bus.claimcheck import ClaimCheck
from bus.clock import SystemClock
from bus.control.client import ControlClient
from bus.journal import Journal, schema
from bus.journal.browse import Browse
from bus.journal.fill import fill, filled, follow, indexed
from bus.journal.filling import Filling
from bus.journal.migrate import upgrade
from bus.journal.pick import Filter
from bus.journal.purge import Old
from bus.journal.store import Store
from bus.journal.verify import Verifier, total
from tests.buses import PATIENCE, home, running
from tests.clis import bus
from tests.journals import DAY, accept

COUNT = 2000


@pytest.fixture(params=["sqlite", "postgres"])
def store(request, tmp_path):
    """An empty journal on each database."""
    sqlite = request.param == "sqlite"
    made = Store(f"sqlite:///{tmp_path / 'journal.db'}" if sqlite else request.getfixturevalue("postgres_url"))
    upgrade(made)
    yield made
    made.close()


def put(store, count=COUNT):
    return list(fill(store, Filling("push", "inside", SystemClock().now()), count))


def test_a_fill_balances(store, tmp_path):
    """Every message has its copy and its body's record; nearly all are delivered, and ``verify`` finds nothing amiss."""
    assert put(store) == [COUNT]
    assert put(store, 10) == [10]
    told = total(Verifier(store, ClaimCheck(tmp_path / "bodies", tmp_path / "spool", 0)).portions())

    assert filled(store) == told.messages == COUNT + 10
    assert sum(told.states.values()) == COUNT + 10
    assert told.states["delivered"] > COUNT * 0.9
    assert told.differences == ()


def test_what_was_filled_is_found_and_counted(store):
    """Also what was put in beside messages that were, and none of it twice."""
    journal = Journal(store, SystemClock())
    journal.start()
    accept(journal)
    for _ in range(2):
        journal.grow_index().result(PATIENCE)
        journal.sum_up().result(PATIENCE)
    put(store)
    assert not indexed(store)
    told = list(follow(store))
    browse = Browse(store)
    (newest,) = browse.copies(Filter(endpoint="push", limit=1))

    assert told[-1] == COUNT + 1
    assert indexed(store)
    assert not browse.unfinished()
    assert browse.counts()["axis", "queued"] == 1
    assert sum(browse.counts().values()) == COUNT + 1
    assert newest in browse.copies(Filter(senders=(newest.event.sender,), endpoint="push"))
    journal.close()


def test_a_fill_is_what_retention_leaves(store):
    """Retention finds nothing more to do, and the sums of what was removed are there."""
    put(store)
    journal = Journal(store, SystemClock())
    journal.start()
    old = Old(journal.clock.now() - 730 * DAY)
    gone = [journal.purge(verb, old).result(PATIENCE) for verb in ("calls", "messages", "refusals")]
    bodies = journal.purge_bodies(old).result(PATIENCE)
    with store.reading() as connection:
        summed_up = connection.execute(select(func.sum(schema.day_sums.c.count))).scalar_one()
    journal.close()

    assert (gone, bodies) == ([0, 0, 0], [])
    assert summed_up == COUNT


def test_bus_verify_passes_on_a_filled_home(tmp_path):
    """The command that operators use says the same."""
    settings = home(tmp_path)
    store = Store(settings.database_url)
    upgrade(store)
    put(store)
    store.close()
    ended = bus("verify", "--home", settings.home, "--json")

    assert ended.code == 0
    assert ended.json()["messages"] == COUNT
    assert ended.json()["balanced"]


def test_questions_are_those_of_the_commands(tmp_path):
    """Every kind is asked of a running daemon and answered."""
    settings = home(tmp_path)
    store = Store(settings.database_url)
    upgrade(store)
    put(store)
    store.close()
    with running(settings):
        client = ControlClient(settings.control_socket)
        messages, trace = asked(client, "messages"), asked(client, "trace")

    assert len(messages) > 5
    assert set(trace) == {"message", "copy", "document", "number", "unknown"}
    assert all(each and min(each) > 0 for each in (*messages.values(), *trace.values()))
    assert all(name in summed(messages) for name in messages)


def test_statements_are_counted(tmp_path):
    """A counted process notes every statement of its journals, from the first on."""
    counts = Counts(tmp_path)
    assert counts.read()["statements"] == 0
    program = (
        "import sys; from bus.bench.counted import count_into; count_into(sys.argv[1]);"
        "from bus.journal.store import Store; store = Store('sqlite:///' + sys.argv[2]);"
        "connection = store.writer.raw_connection(); before = open(sys.argv[1], 'rb').read();"
        "connection.execute('SELECT 1'); connection.execute('SELECT 2'); print(int.from_bytes(before, sys.byteorder))"
    )
    words = [sys.executable, "-c", program, str(tmp_path / "statements"), str(tmp_path / "journal.db")]
    told = subprocess.run(words, capture_output=True, text=True, check=True)

    assert counts.read()["statements"] == int(told.stdout) + 2
