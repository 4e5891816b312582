"""One endpoint's trouble stays its own: what waits at a dead one, or hangs at a silent one, is in nobody's way."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from adapters.rest.sandbox import RestSandbox
from bus import breaker
from bus.config import Settings
from bus.daemon import Daemon
from tests.buses import alone, free_port, home, running, send, state, until
from tests.contracts.raw_server import RawServer, reads_and_is_silent
from tests.messages import RECIPIENT, SENDER, edoc

QUICK, DEAD, SILENT = RECIPIENT, "000.00.08.H62", "000.00.09.H62"
HANGING = 200
ROUTES = f"""
endpoints:
  quick: {{kind: rest, url: "%s", idempotency: id}}
  dead: {{kind: rest, url: "http://127.0.0.1:%d/edoc", idempotency: id}}
  silent: {{kind: rest, url: "%s", idempotency: id, concurrency: 8}}
partners:
  so-noi-vu: {{agencies: ["{SENDER}"], doors: {{api: {{key: "file:so-noi-vu"}}}}}}
routes:
  - {{name: quick, when: {{recipient: "{QUICK}"}}, to: quick}}
  - {{name: dead, when: {{recipient: "{DEAD}"}}, to: dead}}
  - {{name: silent, when: {{recipient: "{SILENT}"}}, to: silent}}
"""


@pytest.fixture
def town() -> Iterator[RestSandbox]:
    town = RestSandbox()
    town.start()
    yield town
    town.stop()


@pytest.fixture
def mute() -> Iterator[RawServer]:
    with RawServer(reads_and_is_silent) as mute:
        yield mute


@pytest.fixture
def settings(tmp_path: Path, town: RestSandbox, mute: RawServer) -> Settings:
    return home(tmp_path, ROUTES % (town.url("quick"), free_port(), mute.url()))


@pytest.fixture
def daemon(tmp_path: Path, settings: Settings, mute: RawServer, waiting: int) -> Iterator[Daemon]:
    """With so many waiting at the dead endpoint, and more than its calls at the silent one."""
    with alone(settings) as parts:
        for number, recipient in enumerate((DEAD, SILENT)):
            send(parts, tmp_path, edoc(recipients=(recipient,), document_id=f"first-{number}"))
    multiply(settings.home / "journal.db", "dead", waiting)
    multiply(settings.home / "journal.db", "silent", HANGING)
    with running(settings) as daemon:
        yield daemon
        mute.stop()


def multiply(journal: Path, endpoint: str, count: int) -> None:
    """So many copies more like the one there is, each under an id of its own and in nobody's lane."""
    own = dict.fromkeys(("id", "delivery", "recipient"), f"printf('%s%020d', '{endpoint}', n)") | {"lane": "''"}
    connection = sqlite3.connect(journal, isolation_level=None)
    try:
        names = [name for _, name, *_ in connection.execute("PRAGMA table_info(copies)") if name != "seq"]
        connection.execute(
            f"WITH RECURSIVE k(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM k WHERE n < {count}) "
            f"INSERT INTO copies ({','.join(names)}) SELECT {','.join(own.get(name, name) for name in names)} "
            f"FROM (SELECT * FROM copies WHERE endpoint = '{endpoint}' LIMIT 1), k"
        )
    finally:
        connection.close()


def deliver(daemon: Daemon, folder: Path, name: str) -> None:
    """One document more, to the end of its way."""
    (copy,) = send(daemon.parts(), folder, edoc(recipients=(QUICK,), document_id=name))
    until(lambda: state(daemon.parts(), copy) == "delivered")


@pytest.mark.parametrize("waiting", [2_000, pytest.param(100_000, marks=pytest.mark.long)])
def test_neither_a_backlog_nor_a_hanging_partner_is_in_anybodys_way(
    daemon: Daemon, tmp_path: Path, mute: RawServer
) -> None:
    """The dead one is called a few times and then looked at no more, however much waits; the silent one has as many calls
    as it may have, and holds no thread. Documents for another endpoint go straight through.
    """
    until(lambda: daemon.gates.condition("dead").breaker == breaker.OPEN)
    until(lambda: len(mute.requests) == 8)
    deliver(daemon, tmp_path, "a")
    threads = threading.active_count()
    for name in "bcde":
        deliver(daemon, tmp_path, name)

    assert (daemon.gates.room("dead", 100), len(mute.requests)) == (0, 8)
    assert threading.active_count() <= threads
    assert not [thread.name for thread in threading.enumerate() if thread.name.startswith("call-")]
    due = daemon.home.journal.reads.due("dead", daemon.home.clock.now(), 1, asks=False)
    assert (len(due.urgent), due.cut) == (1, True)
