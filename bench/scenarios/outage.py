"""A partner is away for a while, and documents keep coming: how long until all that waited has been delivered."""

from __future__ import annotations

import time
from collections.abc import Iterator

from bench import home, process
from bench.documents import SMALL
from bench.load import Job, send, sender
from bench.row import Options, Row
from bench.sink import Sink, sink

_AWAY, _RATE = 10.0, 50.0
_BEFORE = 2.0


def measure(options: Options) -> Iterator[Row]:
    """One outage; documents are sent until well after it."""
    away = options.count(10) / 10 * _AWAY
    with sink() as there, home.place(home.to_sink(there.port)) as where, process.running(where):
        send(Job(where.port, "api", "warm", 20, SMALL))
        there.wait_for(20)
        documents = int((_BEFORE + 2 * away) * _RATE)
        yield _one(there, Job(where.port, "api", "outage", documents, SMALL, _RATE, 8), away)


def _one(there: Sink, job: Job, away: float) -> Row:
    with sender(job) as other:
        other.go()
        time.sleep(_BEFORE)
        there.refuse()
        time.sleep(away)
        there.open()
        back = time.monotonic()
        sent = other.result()
    there.wait_for(20 + job.documents)
    times = there.times()
    waited = [times[name] - back for name, at in sent.accepted.items() if at < back < times[name]]
    case = f"{away:.0f} s away at {_RATE:.0f} a second"
    note = f"until the {len(waited)} that waited were delivered; all {job.documents} arrived"
    return Row("outage", case, rate=sent.rate, seconds=max(waited, default=0.0), note=note)
