"""Many dead copies sent again: how long the preview takes, how long the freezing, and how near the rate comes to what was asked."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

from sqlalchemy import text

from bench.options import Options
from bus.bench import home, process
from bus.bench.documents import document
from bus.bench.row import Row
from bus.bench.sent import PLACE
from bus.bench.sink import Sink, sink
from bus.bench.stage import routes_to
from bus.control.client import ControlClient
from bus.journal.fill import fill
from bus.journal.filling import Filling
from bus.journal.migrate import upgrade
from bus.journal.store import Store

_COUNT = 100_000
#: Copies a second that are asked for, and seconds over which that is looked at.
_RATES, _WINDOW = (100, 500), 10.0
_ALL = {"endpoint": "bench"}
_DEAD = "UPDATE copies SET state = 'dead', reason = 'auth', lease = NULL"
_BODY = "UPDATE bodies SET data = ?, size = ?, kept = 1 WHERE sha256 = ?"


def measure(options: Options) -> Iterator[Row]:
    """A daemon in a process of its own, a partner in another."""
    count = options.count(_COUNT)
    with sink() as there, home.place(routes_to(there, there)) as where:
        _fill(where.folder / "journal.db", count)
        with process.running(where):
            client = ControlClient(where.folder / "control.sock")
            for case in ("preview", "preview again"):
                yield _timed(client, case, count, dry_run=True)
            yield _timed(client, "freeze", count, rate=1, reason="bench")
            _stop(client)
            for rate in _RATES[-1:] if options.quick else _RATES:
                left = client.call("replay", which=_ALL, dry_run=True)["count"]
                yield _replayed(client, there, rate, left if rate == _RATES[-1] else min(left, rate * 60))


def _timed(client: ControlClient, case: str, count: int, **given: Any) -> Row:
    began = time.perf_counter()
    client.call("replay", which=_ALL, **given)
    return Row("replay", case, {"seconds": time.perf_counter() - began}, f"{count:,} dead")


def _stop(client: ControlClient) -> None:
    (newest,) = client.call("replays", limit=1)["replays"]
    if newest["planned"]:
        client.call("replay_stop", id=newest["replay"])


def _replayed(client: ControlClient, there: Sink, rate: int, count: int) -> Row:
    """Until so many have arrived; then it is stopped, and what is on its way has time to arrive."""
    there.forget()
    client.call("replay", which=_ALL, rate=rate, reason="bench")
    there.wait_for(count)
    _stop(client)
    arrived = there.arrived()
    times = sorted(arrived.at.values())[:count]
    seen = (count - 1) / (times[-1] - times[0])
    slowest, fastest = _windows(times)
    note = f"asked for {rate}/s; in windows of {_WINDOW:.0f} s {slowest:.1f} to {fastest:.1f}/s"
    figures = {"documents": count, "rate": seen, "ratio": seen / rate, "twice": len(arrived.again)}
    return Row("replay", f"{rate}/s", figures, note)


def _windows(times: Sequence[float]) -> tuple[float, float]:
    """The slowest and the fastest of all whole windows, in copies a second."""
    edges, begun = [0], times[0]
    for place, at in enumerate(times):
        if at - begun >= _WINDOW:
            edges.append(place)
            begun = at
    rates = [(last - first) / (times[last] - times[first]) for first, last in pairwise(edges)]
    return (min(rates), max(rates)) if rates else (0.0, 0.0)


def _fill(path: Path, count: int) -> None:
    """Documents that were refused, each with a body of its own."""
    store = Store(f"sqlite:///{path}")
    upgrade(store)
    for _ in fill(store, Filling("bench", "bench", time.time_ns() // 1000), count):
        pass
    body = document(1000)
    with store.writer.begin() as connection:
        connection.execute(text(_DEAD))
        rows = connection.execute(text("SELECT body, id FROM messages")).all()
        bodies = ((body.replace(PLACE, id_.encode()), sha256) for sha256, id_ in rows)
        driver: Any = connection.connection.dbapi_connection
        driver.executemany(_BODY, ((data, len(data), sha256) for data, sha256 in bodies))
    store.close()
