"""One document of 100 MB, in and out: how long, and how much memory of the daemon."""

from __future__ import annotations

from collections.abc import Iterator

from bench import home, process
from bench.load import Job, Sent, send
from bench.process import Bus
from bench.row import Options, Row
from bench.sink import sink

_SIZE = 100_000_000


def measure(options: Options) -> Iterator[Row]:
    """The way in, then the way out."""
    size = options.count(_SIZE)
    with sink() as there, home.place(home.to_sink(there.port)) as where, process.running(where) as bus:
        send(Job(where.port, "api", "warm", 20, 20_000))
        there.wait_for(20)
        bus.until_idle()
        resident, before = process.reset_peak(bus.pid), bus.cpu()
        sent = send(Job(where.port, "api", "large", 1, size))
        there.wait_for(21)
        (taken,) = sent.accepted.values()
        (arrived,) = (there.times()[name] for name in sent.accepted)
        yield Row("large", "in", megabytes=size / 1e6 / (taken - sent.began), seconds=taken - sent.began)
        yield Row("large", "out", megabytes=size / 1e6 / (arrived - taken), seconds=arrived - taken)
        yield _whole(bus, sent, arrived, resident, before)


def _whole(bus: Bus, sent: Sent, arrived: float, resident: float, before: float) -> Row:
    cpu = (bus.cpu() - before) * 1000
    grown = process.peak(bus.pid) - resident
    return Row("large", "in and out", seconds=arrived - sent.began, cpu=cpu, peak=grown)
