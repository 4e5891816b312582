"""One measurement of one side: as fast as it goes, then at a pace at which nothing queues."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bench.documents import SMALL
from bench.load import Job, Sent, send
from bench.peer.side import Side
from bench.row import percentile
from bench.sink import Sink

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
    _send(there, Job(side.port, "api", "warm", load.warm, SMALL, connections=load.connections))
    side.rest()
    before = side.cpu()
    full = _send(there, Job(side.port, "api", "full", load.full, SMALL, connections=load.connections))
    side.rest()
    cpu = {name: (seconds - before[name]) / load.full * 1000 for name, seconds in side.cpu().items()}
    times = there.times()
    seconds = max(times[message] for message in full.accepted) - full.began
    paced = _send(there, Job(side.port, "api", "paced", load.paced, SMALL, PACE, load.connections))
    took = _took(paced, there.times())
    return Turn(side.name, load.full / seconds, percentile(took, 0.5) * 1000, percentile(took, 0.99) * 1000, cpu)


def _send(there: Sink, job: Job) -> Sent:
    known = there.count()
    sent = send(job)
    there.wait_for(known + job.documents)
    return sent


def _took(sent: Sent, arrived: Mapping[str, float]) -> list[float]:
    """Seconds from the sending of each document to its arrival, sorted."""
    calls = zip(sent.accepted.items(), sent.seconds, strict=True)
    return sorted(arrived[message] - (answered - call) for (message, answered), call in calls)
