"""What millions of stored messages cost: throughput, questions and the start, before and after a fill of the tables."""

from __future__ import annotations

import os
import time
from collections.abc import Generator, Iterator
from pathlib import Path

from bus.bench import home
from bus.bench.failed import BenchFailed
from bus.bench.pace import Pace
from bus.bench.plan import Plan
from bus.bench.process import Daemon
from bus.bench.questions import asked, summed
from bus.bench.row import Row, spread
from bus.bench.run import run
from bus.bench.stage import Stage, own, routes_to, sinks, warm
from bus.control.client import ControlClient
from bus.home import HomeLock
from bus.journal.fill import fill, filled, follow, indexed
from bus.journal.filling import Filling
from bus.journal.migrate import upgrade
from bus.journal.store import Store

_SECONDS = 10.0
_WARM = 200
#: Stands in a home that may be filled.
_MARK = "made-by-bus-bench"


def measure(plan: Plan) -> Iterator[Row]:
    """The same questions and the same load, with nothing stored and with ``plan.fill`` messages."""
    kept = _kept(plan)
    with sinks(plan) as (one, beside), home.place(routes_to(one, beside), kept) as where:
        daemon = Daemon(where, plan.settings or {})
        try:
            started = daemon.start()
            made = own(plan, daemon, one, beside)
            before = yield from _look(plan, made, "before", started)
            daemon.stop()
            yield from _fill(plan, where)
            started = daemon.start()
            yield from _look(plan, own(plan, daemon, one, beside), "after", started, before)
        finally:
            daemon.stop()


def _look(plan: Plan, made: Stage, case: str, started: float, before: float = 0.0) -> Generator[Row, None, float]:
    """Throughput, then questions; gives the throughput."""
    assert made.daemon
    warm(made, plan.count(_WARM))
    told = run(made, made.job(Pace(plan.seconds(_SECONDS))))
    figures = {"delivered": told.delivered, "seconds": started, **told.spent}
    ratio = {"ratio": told.delivered / before} if before else {}
    yield Row("fill", f"{case}, throughput of 20 KB", {**figures, **ratio}, "s: from the start to ready")
    client = ControlClient(made.daemon.where.folder / "control.sock")
    for command in ("messages", "trace"):
        took = asked(client, command)
        every = [seconds for each in took.values() for seconds in each]
        yield Row("fill", f"{case}, bus {command}", spread(every), summed(took))
    return told.delivered


def _fill(plan: Plan, where: home.Place) -> Iterator[Row]:
    """Put in what is missing, as the daemon finds it after a while; nobody else may have the home open."""
    lock = HomeLock(where.folder / "lock")
    lock.take()
    store = Store((plan.settings or {}).get("BUS_DATABASE_URL") or f"sqlite:///{where.folder / 'journal.db'}")
    try:
        put = _filled(plan, store)
        yield put
        if put.figures["documents"] or not indexed(store):
            yield _followed(plan, store)
    finally:
        store.close()
        lock.release()
    # Gigabytes that nobody has waited for yet: the first checkpoint would wait for all of them.
    os.sync()


def _followed(plan: Plan, store: Store) -> Row:
    began, done = time.monotonic(), 0
    for done in follow(store):
        plan.progress(f"{done:,} of {plan.fill:,} messages indexed and counted, {time.monotonic() - began:.0f} s")
    seconds = time.monotonic() - began
    figures = {"documents": float(done), "rate": done / seconds, "seconds": seconds}
    return Row("fill", "indexed and counted", figures)


def _filled(plan: Plan, store: Store) -> Row:
    upgrade(store)
    there, began = filled(store), time.monotonic()
    missing = max(0, plan.fill - there)
    for done in fill(store, Filling("bench", "bench", time.time_ns() // 1000), missing):
        plan.progress(f"{there + done:,} of {plan.fill:,} messages stored, {time.monotonic() - began:.0f} s")
    seconds = time.monotonic() - began
    figures = {"documents": float(missing), "rate": missing / seconds, "seconds": seconds}
    return Row("fill", "put into the tables", figures, f"{there + missing:,} messages stored")


def _kept(plan: Plan) -> Path | None:
    """The home that is to stay, if one is. Raises BenchFailed where it is somebody's."""
    if plan.home is None:
        return None
    mark = plan.home / _MARK
    if plan.home.exists() and any(plan.home.iterdir()) and not mark.exists():
        raise BenchFailed(
            f"{plan.home} is not empty and was not made by bus bench: name a folder that is not there yet"
        )
    plan.home.mkdir(mode=0o700, parents=True, exist_ok=True)
    mark.touch()
    return plan.home
