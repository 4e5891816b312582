"""What one endpoint's trouble is to another: how long the other's documents take, open loop, while one hangs or has a backlog."""

from __future__ import annotations

import time
from collections.abc import Iterator
from itertools import chain

from bus.bench.load import send
from bus.bench.pace import Pace
from bus.bench.plan import Plan
from bus.bench.row import Row, spread
from bus.bench.run import run
from bus.bench.stage import Stage
from bus.bench.together import together

_SECONDS, _RATE, _ROUNDS = 20.0, 50.0, 3
_SMALL = 1_000
#: Seconds in which a partner that is back is called again.
_PROBE = 60.0
_ALONE, _USUAL, _AFTER = "alone", "beside one in order", "alone, once these have arrived"


def measure(plan: Plan, made: Stage) -> Iterator[Row]:
    """The other alone, beside one in order, beside one that hangs, beside one with a backlog, and while that drains.

    The first three in turns, so that a hiccup of the machine is nobody's. A backlog is compared with as many that have arrived: a
    journal that has more in it is slower to write, wherever that goes.
    """
    pace = Pace(plan.seconds(_SECONDS), _RATE)
    rounds = [(_other(made, pace), together(made, pace).beside, _hanging(made, pace)) for _ in range(_ROUNDS)]
    alone, usual, hanging = (list(chain.from_iterable(each)) for each in zip(*rounds, strict=True))
    yield Row("fairness", _ALONE, spread(alone))
    yield Row("fairness", _USUAL, spread(usual))
    yield _row("beside one that hangs on every call", hanging, _USUAL, usual)
    waiting = _backlog(plan, made)
    long = Pace(pace.seconds * _ROUNDS, _RATE)
    away = _other(made, long)
    made.one.open()
    made.one.until(1, _PROBE)
    draining = _other(made, pace)
    made.one.wait_for(waiting)
    after = _other(made, long)
    yield Row("fairness", _AFTER, spread(after))
    yield _row(f"beside one that is away, {waiting:,} waiting", away, _AFTER, after)
    yield _row("while these drain as fast as they go", draining, _USUAL, usual)


def _other(made: Stage, pace: Pace) -> list[float]:
    return run(made, made.job(pace, beside=True), beside=True).ways


def _hanging(made: Stage, pace: Pace) -> list[float]:
    """One answers no call while documents for it come as usual; it is in order again afterwards."""

    def hang() -> None:
        made.one.hang()
        time.sleep(pace.seconds)
        made.one.open()

    return list(together(made, pace, hang).beside)


def _backlog(plan: Plan, made: Stage) -> int:
    """Have one go away and documents for it wait; how many."""
    made.one.forget()
    made.one.refuse()
    sent = send(made.job(Pace(3600.0, documents=plan.count(plan.waiting)), _SMALL))
    return len(sent.waits)


def _row(case: str, waits: list[float], beside: str, before: list[float]) -> Row:
    felt = spread(waits)
    return Row("fairness", case, {**felt, "ratio": felt["p99"] / spread(before)["p99"]}, f"× of its p99 {beside}")
