"""The sender, the sink and the daemon of ``bus.bench``, as this comparison uses them. Nothing else here knows them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from bus.bench import home, process
from bus.bench.documents import RECIPIENT, document
from bus.bench.documents import SMALL as _SMALL
from bus.bench.failed import BenchFailed
from bus.bench.home import KEY, PATH
from bus.bench.load import Job, send
from bus.bench.pace import Pace
from bus.bench.requests import Address, template
from bus.bench.row import percentile
from bus.bench.sent import id_of
from bus.bench.sink import Sink, free_port, sink

__all__ = [
    "KEY", "PATH", "RECIPIENT", "BenchFailed", "Daemon", "Flow", "Sink",
    "daemon", "flow", "free_port", "percentile", "sink",
]  # fmt: skip
#: Seconds in which a number of documents that are sent as fast as they are taken have to be through.
_LONGEST = 600.0


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
    url = f"http://127.0.0.1:{sink_port}{PATH}"
    with home.place(home.routes(url, url)) as where, process.running(where) as running:
        yield Daemon(running.pid, where.port)


def flow(port: int, there: Sink, documents: int, connections: int, pace: float | None = None) -> Flow:
    """Send documents of 20 KB to a port, ``pace`` a second or as fast as they are taken, and wait for them at the sink.

    Raises BenchFailed where one is refused or does not arrive.
    """
    there.forget()
    address = Address("127.0.0.1", port, key=KEY)
    plan = Pace(documents / pace, pace) if pace else Pace(_LONGEST, documents=documents)
    sent = send(Job(address, template(address, document(_SMALL)), plan, connections))
    there.wait_for(documents)
    arrived = there.arrived()
    took = [arrived.at[id_of(sent.name, number)] - since for number, since in enumerate(sent.since)]
    return Flow(documents / (max(arrived.at.values()) - sent.began), sorted(took))
