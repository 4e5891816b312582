"""What one endpoint's trouble is to another: how long the other's documents take, open loop, while one hangs or has a backlog."""

from __future__ import annotations

import time
from collections.abc import Iterator

from bus.bench.load import send
from bus.bench.pace import Pace
from bus.bench.plan import Plan
from bus.bench.row import Row, spread
from bus.bench.run import run
from bus.bench.stage import Stage
from bus.bench.together import together

_SECONDS, _RATE = 20.0, 50.0
_SMALL = 1_000
#: Seconds in which a partner that is back is called again.
_PROBE = 60.0


def measure(plan: Plan, made: Stage) -> Iterator[Row]:
    """The other alone, beside one in order, beside one that hangs, beside one with a backlog, and while that drains."""
    pace = Pace(plan.seconds(_SECONDS), _RATE)
    yield Row("fairness", "alone", spread(_other(made, pace)))
    usual = spread(together(made, pace).beside)
    yield Row("fairness", "beside one in order", {**usual, "ratio": 1.0}, "× of this p99")
    yield _row("beside one that hangs on every call", _hanging(made, pace), usual)
    waiting = _backlog(plan, made)
    yield _row(f"beside one that is away, {waiting:,} waiting", _other(made, pace), usual)
    made.one.open()
    made.one.until(1, _PROBE)
    yield _row("while these drain as fast as they go", _other(made, pace), usual)


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


def _row(case: str, waits: list[float], usual: dict[str, float]) -> Row:
    felt = spread(waits)
    return Row("fairness", case, {**felt, "ratio": felt["p99"] / usual["p99"]})
