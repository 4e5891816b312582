"""Two partners at once, each with a load of its own: what happens to one, and what the other feels of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bus.bench.load import sender
from bus.bench.pace import Pace
from bus.bench.partner import Arrived
from bus.bench.sent import Sent, ways
from bus.bench.stage import Stage


@dataclass(frozen=True, slots=True)
class Pair:
    """What came of a load to one partner, and how long documents took to the other (seconds)."""

    sent: Sent
    arrived: Arrived
    beside: Sequence[float]


def together(made: Stage, pace: Pace, meanwhile: Callable[[], object] = lambda: None) -> Pair:
    """The same load to both, and something happening meanwhile; over when all of it has arrived. Raises BenchFailed."""
    made.one.forget()
    made.beside.forget()
    with sender(made.job(pace)) as one, sender(made.job(pace, beside=True)) as other:
        one.go()
        other.go()
        meanwhile()
        sent, theirs = one.result(), other.result()
    made.one.wait_for(len(sent.accepted))
    made.beside.wait_for(len(theirs.accepted))
    return Pair(sent, made.one.arrived(), ways(theirs, made.beside.arrived()))
