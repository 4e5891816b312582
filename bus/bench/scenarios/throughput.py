"""How many documents a second come in and arrive, by size: accepted on disk, pushed on, settled on disk."""

from __future__ import annotations

from collections.abc import Iterator

from bus.bench.documents import SMALL
from bus.bench.pace import Pace
from bus.bench.plan import Plan
from bus.bench.row import Row
from bus.bench.run import run
from bus.bench.stage import Stage

SIZES = {"1 KB": 1_000, "20 KB": SMALL, "100 KB": 100_000, "1 MB": 1_000_000}
_SECONDS = 10.0


def measure(plan: Plan, made: Stage) -> Iterator[Row]:
    """As fast as they are taken, each size for itself."""
    for name, size in SIZES.items():
        yield _one(made, name, size, plan.seconds(_SECONDS))


def _one(made: Stage, name: str, size: int, seconds: float) -> Row:
    job = made.job(Pace(seconds), size)
    told = run(made, job)
    length = len(job.requests.of(""))
    note = f"{length / 1000:,.0f} KB with its header; {job.connections} calls at a time"
    figures = {
        "accepted": told.sent.rate,
        "delivered": told.delivered,
        "megabytes": told.delivered * length / 1e6,
        **told.spent,
    }
    return Row("throughput", name, figures, note)
