"""One measurement of one side: as fast as it goes, then at a pace at which nothing queues."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bench.peer.side import Side
from bench.peer.tools import Sink, flow, percentile

#: Documents a second at which the times of single documents are looked at.
PACE = 50.0


@dataclass(frozen=True, slots=True)
class Load:
    """How much of it: documents of 20 KB."""

    full: int = 3000
    paced: int = 1000
    warm: int = 500
    connections: int = 32


@dataclass(frozen=True, slots=True)
class Turn:
    """What was seen."""

    side: str
    #: Documents a second, from the first byte sent to the last document's arrival.
    rate: float
    #: Milliseconds from the sending of a document to its arrival, at :data:`PACE`.
    p50: float
    p99: float
    #: Milliseconds of processor time a document by process, as fast as it goes.
    cpu: Mapping[str, float]


def measure(side: Side, there: Sink, load: Load) -> Turn:
    """Warm up, measure. The sink is this turn's alone. Raises RuntimeError where a document is refused or does not arrive."""
    flow(side.port, there, load.warm, load.connections)
    side.rest()
    before = side.cpu()
    full = flow(side.port, there, load.full, load.connections)
    side.rest()
    cpu = {name: (seconds - before[name]) / load.full * 1000 for name, seconds in side.cpu().items()}
    paced = flow(side.port, there, load.paced, load.connections, PACE).took
    return Turn(side.name, full.rate, percentile(paced, 0.5) * 1000, percentile(paced, 0.99) * 1000, cpu)
