"""What one endpoint's documents feel of another that is dead with a backlog, and of one that hangs on every call."""

from __future__ import annotations

import socket
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from bench import home, process
from bench.documents import SMALL
from bench.home import Place
from bench.load import Job, send
from bench.row import Options, Row, percentile
from bench.sink import Sink, sink

#: Copies that wait at the dead endpoint, and at the one that hangs.
_WAITING, _HANGING = 100_000, 200
_RATE = 50.0
_DOCUMENTS, _WARM = 1000, 100
_OTHERS = """endpoints:
  dead: {{kind: rest, url: "http://127.0.0.1:{dead}/edoc", idempotency: id}}
  hangs: {{kind: rest, url: "http://127.0.0.1:{hangs}/edoc", idempotency: id, idle_timeout: 10m}}
"""


def measure(options: Options) -> Iterator[Row]:
    """The quick endpoint alone and beside the others, in turns."""
    for turn in range(options.rounds(3)):
        for case, waiting in (("alone", 0), ("beside", options.count(_WAITING))):
            with sink() as there, socket.create_server(("127.0.0.1", 0)) as silent:
                others = _OTHERS.format(dead=home.free_port(), hangs=silent.getsockname()[1])
                with home.place(home.to_sink(there.port).replace("endpoints:\n", others, 1)) as where:
                    if waiting:
                        _fill(where, waiting)
                    yield _one(there, where, options.count(_DOCUMENTS), f"{case}, round {turn + 1}", waiting)


def _one(there: Sink, where: Place, documents: int, case: str, waiting: int) -> Row:
    with process.running(where) as bus:
        send(Job(where.port, "api", "warm", _WARM, SMALL))
        there.wait_for(_WARM)
        bus.until_idle()
        before = bus.cpu()
        sent = send(Job(where.port, "api", "quick", documents, SMALL, _RATE))
        there.wait_for(_WARM + documents)
        cpu, times = bus.cpu() - before, there.times()
    took = sorted(times[name] - at for name, at in sent.accepted.items())
    return Row(
        "fairness",
        case,
        rate=sent.rate,
        p50=percentile(took, 0.5) * 1000,
        p99=percentile(took, 0.99) * 1000,
        cpu=cpu / documents * 1000,
        note=f"{waiting} wait at a dead endpoint, {_HANGING} at one that hangs" if waiting else "",
    )


def _fill(where: Place, waiting: int) -> None:
    """One document for the dead endpoint by the door, the others by the hundred thousand in the table."""
    routes = where.folder / "routes.yaml"
    meant = routes.read_text(encoding="utf-8")
    routes.write_text(meant.replace("to: there", "to: dead"), encoding="utf-8")
    with process.running(where):
        send(Job(where.port, "api", "first", 1, SMALL))
    routes.write_text(meant, encoding="utf-8")
    _multiply(where.folder / "journal.db", "dead", waiting)
    _multiply(where.folder / "journal.db", "hangs", _HANGING)


def _multiply(journal: Path, endpoint: str, count: int) -> None:
    own = dict.fromkeys(("id", "delivery", "recipient"), f"printf('%s%020d', '{endpoint}', n)")
    own |= {"endpoint": f"'{endpoint}'", "lane": "''", "state": "'queued'", "until": "NULL"}
    connection = sqlite3.connect(journal, isolation_level=None)
    try:
        names = [name for _, name, *_ in connection.execute("PRAGMA table_info(copies)") if name != "seq"]
        connection.execute(
            f"WITH RECURSIVE k(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM k WHERE n < {count}) "  # noqa: S608
            f"INSERT INTO copies ({','.join(names)}) SELECT {','.join(own.get(name, name) for name in names)} "
            "FROM (SELECT * FROM copies LIMIT 1), k"
        )
    finally:
        connection.close()
