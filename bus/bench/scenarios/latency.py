"""How long a document takes, open loop: sent at its time whatever became of those before it, and counted from then."""

from __future__ import annotations

from collections.abc import Iterator

from bus.bench.pace import Pace
from bus.bench.plan import Plan
from bus.bench.row import Row, spread
from bus.bench.run import run
from bus.bench.stage import Stage

_MODEST = 50.0
_SECONDS, _FINDING = 20.0, 5.0


def measure(plan: Plan, made: Stage) -> Iterator[Row]:
    """At a modest rate, then at half of the most there is."""
    yield from _at(made, _MODEST, plan.seconds(_SECONDS), f"{_MODEST:.0f}/s")
    most = run(made, made.job(Pace(plan.seconds(_FINDING)))).delivered
    yield from _at(made, most / 2, plan.seconds(_SECONDS), f"half of {most:,.0f}/s")


def _at(made: Stage, rate: float, seconds: float, case: str) -> Iterator[Row]:
    told = run(made, made.job(Pace(seconds, rate)))
    yield Row("latency", f"{case}, accepted", spread(told.sent.waits))
    yield Row("latency", f"{case}, end to end", {**spread(told.ways), **told.spent})
