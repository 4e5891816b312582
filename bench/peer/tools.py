"""The sender, the sink and the daemon of ``bench``, as this comparison uses them. Nothing else here knows them."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from bench import home, process
from bench.documents import RECIPIENT, SMALL
from bench.home import KEY, free_port
from bench.load import Job, send
from bench.row import percentile
from bench.sink import Sink, sink

__all__ = ["KEY", "RECIPIENT", "Daemon", "Flow", "Sink", "daemon", "flow", "free_port", "percentile", "sink"]


@dataclass(frozen=True, slots=True)
class Daemon:
    """A bus that runs."""

    pid: int
    port: int


@dataclass(frozen=True, slots=True)
class Flow:
    """What came of documents that were sent."""

    #: Documents a second, from the first byte sent to the last arrival.
    rate: float
    #: Seconds from the sending of each to its arrival, sorted.
    took: list[float]


@contextmanager
def daemon(sink_port: int) -> Iterator[Daemon]:
    """A bus in a fresh home that delivers to this port."""
    with home.place(home.to_sink(sink_port)) as where, process.running(where) as running:
        yield Daemon(running.pid, where.port)


def flow(port: int, there: Sink, documents: int, connections: int, pace: float | None = None) -> Flow:
    """Send documents of 20 KB to a port, ``pace`` a second or as fast as they are taken, and wait for them at the sink.

    Raises RuntimeError where one is refused or does not arrive.
    """
    name, known = secrets.token_hex(4), there.count()
    sent = send(Job(port, "api", name, documents, SMALL, pace, connections))
    there.wait_for(known + documents)
    arrived = there.times()
    calls = zip(sent.accepted.items(), sent.seconds, strict=True)
    took = [arrived[message] - (answered - call) for (message, answered), call in calls]
    last = max(arrived[message] for message in sent.accepted)
    return Flow(documents / (last - sent.began), sorted(took))
