"""A partner is away for a while, and documents keep coming: how long until all that waited is there, and what another feels."""

from __future__ import annotations

import time
from collections.abc import Iterator

from bus.bench.pace import Pace
from bus.bench.plan import Plan
from bus.bench.row import Row, spread
from bus.bench.stage import Stage
from bus.bench.together import Pair, together

_AWAY, _RATE = 10.0, 50.0
_BEFORE, _AFTER = 2.0, 8.0


def measure(plan: Plan, made: Stage) -> Iterator[Row]:
    """Two partners at the same load, both there; then one of them away."""
    before, away, after = plan.seconds(_BEFORE), plan.seconds(_AWAY), plan.seconds(_AFTER)
    pace = Pace(before + away + after, _RATE)
    usual = spread(together(made, pace).beside)
    yield Row("outage", "another, both there", usual)
    back: list[float] = []
    told = together(made, pace, lambda: back.append(_outage(made, before, away)))
    yield _caught_up(told, back[0], away)
    felt = spread(told.beside)
    yield Row("outage", "another, meanwhile", {**felt, "ratio": felt["p99"] / usual["p99"]}, "× of the p99")


def _outage(made: Stage, before: float, away: float) -> float:
    """Have a partner away; when it was back."""
    time.sleep(before)
    made.one.refuse()
    time.sleep(away)
    made.one.open()
    return time.monotonic()


def _caught_up(told: Pair, back: float, away: float) -> Row:
    times, accepted = told.arrived.at, told.sent.accepted
    waited = [times[name] - back for name, at in accepted.items() if at < back < times[name]]
    case = f"{away:g} s away at {_RATE:.0f}/s"
    figures = {
        "documents": len(waited),
        "seconds": max(waited, default=0.0),
        "delivered": len(waited) / max(waited, default=1.0),
    }
    return Row("outage", case, figures, f"until what waited had arrived; all {len(accepted)} arrived")
