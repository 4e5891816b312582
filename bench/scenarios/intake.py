"""How many documents a second come in: each on disk before it is answered, waiting to be fetched."""

from __future__ import annotations

from collections.abc import Iterator

from bench import home, process
from bench.documents import SMALL
from bench.load import Job, Sent, send
from bench.process import Bus
from bench.row import Options, Row, percentile

_DOCUMENTS, _WARM = 4000, 200


def measure(options: Options) -> Iterator[Row]:
    """Both doors on one daemon, in turns."""
    with home.place(home.to_mailbox()) as where, process.running(where) as bus:
        for door in ("api", "vxp"):
            send(Job(where.port, door, f"{door}-warm", _WARM, SMALL))
        for turn in range(options.rounds(2)):
            for door in ("api", "vxp"):
                yield _one(bus, Job(where.port, door, f"{door}-{turn}", options.count(_DOCUMENTS), SMALL))


def _one(bus: Bus, job: Job) -> Row:
    commits = bus.commits()
    bus.until_idle()
    before = bus.cpu()
    sent = send(job)
    bus.until_idle()
    cpu = bus.cpu() - before
    note = f"{bus.batch(commits):.1f} requests a commit"
    return accepted("intake", f"/{job.door}, {job.connections} connections", sent, cpu, note)


def accepted(scenario: str, case: str, sent: Sent, cpu: float, note: str = "") -> Row:
    """What a sender saw, and what the daemon spent on it."""
    took = sorted(sent.seconds)
    return Row(
        scenario,
        case,
        rate=sent.rate,
        p50=percentile(took, 0.5) * 1000,
        p99=percentile(took, 0.99) * 1000,
        cpu=cpu / len(sent.accepted) * 1000,
        note=note,
    )
