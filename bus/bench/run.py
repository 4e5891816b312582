"""One load through a stage: what came of it, and what everybody spent on a document."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bus.bench.load import Job, send
from bus.bench.partner import Arrived
from bus.bench.sent import Sent, ways
from bus.bench.sink import Sink
from bus.bench.stage import Stage

_COMMITS = "bus_commit_batch_size_count"


@dataclass(frozen=True, slots=True)
class Run:
    """A load that has arrived."""

    sent: Sent
    arrived: Arrived
    #: For one document, by the name of the figure.
    spent: Mapping[str, float]

    @property
    def delivered(self) -> float:
        """Documents a second from the first that was sent to the last that arrived."""
        times = [self.arrived.at[name] for name in self.sent.accepted]
        return len(times) / (max(times) - self.sent.began)

    @property
    def ways(self) -> list[float]:
        """Seconds from a document's time to its arrival."""
        return ways(self.sent, self.arrived)


def run(stage: Stage, job: Job, *, beside: bool = False) -> Run:
    """Send it all, wait until all of it has arrived and the bus has nothing more to do. Raises BenchFailed."""
    there = stage.beside if beside else stage.one
    there.forget()
    meter = Meter(stage, there)
    sent = send(job)
    there.wait_for(len(sent.accepted))
    return Run(sent, there.arrived(), meter.each(sent))


class Meter:
    """What everybody spends from its making on."""

    def __init__(self, stage: Stage, there: Sink) -> None:
        self._stage = stage
        self._there = there
        stage.idle()
        self._before = self._read()

    def each(self, sent: Sent) -> dict[str, float]:
        """What was spent since, for each document that was accepted. CPU in milliseconds."""
        self._stage.idle()
        documents = max(1, len(sent.waits))
        spent = {name: now - self._before[name] for name, now in self._read().items()}
        return {
            "documents": len(sent.waits),
            "cpu_load": sent.cpu / documents * 1000,
            **{name: used / documents * (1000 if name.startswith("cpu_") else 1) for name, used in spent.items()},
        }

    def _read(self) -> dict[str, float]:
        stage = self._stage
        commits = {"commits": stage.daemon.metric(_COMMITS)} if stage.daemon else {}
        return {"cpu_sink": self._there.cpu(), **stage.cpu(), **commits}
