"""From one partner to another: accepted on disk, sent on by REST, settled on disk."""

from __future__ import annotations

from collections.abc import Iterator

from bench import home, process
from bench.documents import SMALL
from bench.load import Job, send
from bench.process import Bus
from bench.row import Options, Row, percentile
from bench.sink import Sink, sink

_DOCUMENTS, _WARM = 3000, 200
#: Documents a second at which nothing queues: what one document takes on its way.
_MODEST = 100.0


def measure(options: Options) -> Iterator[Row]:
    """As fast as it goes, then at a modest rate."""
    with sink() as there, home.place(home.to_sink(there.port)) as where, process.running(where) as bus:
        send(Job(where.port, "api", "warm", _WARM, SMALL))
        there.wait_for(_WARM)
        for turn in range(options.rounds(2)):
            job = Job(where.port, "api", f"full-{turn}", options.count(_DOCUMENTS), SMALL)
            yield _one(bus, there, job, "as fast as it goes")
        job = Job(where.port, "api", "modest", options.count(1000), SMALL, _MODEST)
        yield _one(bus, there, job, f"at {_MODEST:.0f} a second")


def _one(bus: Bus, there: Sink, job: Job, case: str) -> Row:
    commits = bus.commits()
    bus.until_idle()
    before, known = bus.cpu(), there.count()
    sent = send(job)
    there.wait_for(known + job.documents)
    bus.until_idle()
    cpu, times = bus.cpu() - before, there.times()
    took = sorted(times[name] - at for name, at in sent.accepted.items())
    last = max(times[name] for name in sent.accepted)
    return Row(
        "through",
        f"{case}, /api to rest",
        rate=len(sent.accepted) / (last - sent.began),
        p50=percentile(took, 0.5) * 1000,
        p99=percentile(took, 0.99) * 1000,
        cpu=cpu / len(sent.accepted) * 1000,
        note=f"p50 and p99 from accepted to delivered; {bus.batch(commits):.1f} requests a commit",
    )
