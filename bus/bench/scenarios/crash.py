"""The daemon is killed again and again while documents come in: is anything lost, does anything arrive twice.

The sender makes a call that got no answer again under its Idempotency-Key. The sink drops nothing and counts by content, so it
sees what a partner would see that does not drop repeats, and what one would that drops them by their docId.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace

from bus.bench.load import sender
from bus.bench.pace import Pace
from bus.bench.partner import Arrived
from bus.bench.plan import Crash, Plan
from bus.bench.process import Daemon
from bus.bench.row import Row, percentile
from bus.bench.run import Meter
from bus.bench.sent import Sent
from bus.bench.stage import Stage
from bus.control.client import ControlClient

#: Seconds without an answer, or without an arrival, after which no more is waited for: the daemon is away now and then.
_PATIENCE = 60.0


def measure(plan: Plan, made: Stage) -> Iterator[Row]:
    """One series of kills, and the account after it."""
    assert made.daemon
    crash = replace(plan.crash, lasting=plan.seconds(plan.crash.lasting))
    made.one.forget()
    meter = Meter(made, made.one)
    job = replace(made.job(Pace(crash.lasting, crash.rate)), patience=_PATIENCE)
    with sender(job) as other:
        other.go()
        starts = _kill(made.daemon, crash)
        sent = other.result()
    made.one.until(len(sent.accepted), _PATIENCE)
    yield _told(crash, sent, made.one.arrived(), starts, meter.each(sent))
    yield _account(made.daemon)


def _kill(daemon: Daemon, crash: Crash) -> list[float]:
    """Kill it, so many seconds after it was ready; the seconds until it was ready again, each time."""
    starts, over = list[float](), time.monotonic() + crash.lasting
    while not starts or time.monotonic() + crash.every < over:
        time.sleep(crash.every)
        daemon.kill()
        starts.append(daemon.start())
    return starts


def _told(crash: Crash, sent: Sent, arrived: Arrived, starts: list[float], spent: dict[str, float]) -> Row:
    accepted = sent.accepted
    figures = {
        "lost": len(accepted.keys() - arrived.at.keys()),
        "twice": len(arrived.again),
        "twice_by_id": len(arrived.otherwise),
        "seconds": percentile(sorted(starts), 0.5),
        **{name: value for name, value in spent.items() if name != "commits"},  # counted by the last life only
    }
    note = f"s: until it was ready again; {sent.lost} calls got no answer and were made again"
    return Row("crash", f"{len(starts)} kills, {crash.rate:.0f}/s", figures, note)


def _account(daemon: Daemon) -> Row:
    """What ``bus verify`` says afterwards."""
    client = ControlClient(daemon.where.folder / "control.sock")
    after: int | None = 0
    differences = messages = 0
    while after is not None:
        portion = client.call("verify", after=after)
        after, messages = portion["next"], messages + portion["messages"]
        differences += len(portion["differences"])
    note = f"{differences} differences" if differences else "balanced"
    return Row("crash", "bus verify", {"documents": messages}, note)
