"""What a document of 20 KB costs the database and the disk: commits, statements, fsyncs.

Counted in a daemon that is slowed down by it, so nothing is said of time; and all that the bus asks of its own accord
meanwhile is in it, which shows where documents are few.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

from bus.bench.counted import Counts
from bus.bench.pace import Pace
from bus.bench.plan import Plan
from bus.bench.row import Row
from bus.bench.run import run
from bus.bench.stage import Stage, stage

_SECONDS, _MODEST = 5.0, 50.0


def measure(plan: Plan) -> Iterator[Row]:
    """As fast as they are taken, and at a modest rate."""
    seconds = plan.seconds(_SECONDS)
    paces = {"as fast as they are taken": Pace(seconds), f"{_MODEST:.0f}/s": Pace(seconds, _MODEST)}
    with tempfile.TemporaryDirectory(prefix="bus-bench-") as folder:
        counts = Counts(Path(folder))
        with stage(plan, command=counts.command) as made:
            for case, pace in paces.items():
                yield _one(made, counts, case, pace)


def _one(made: Stage, counts: Counts, case: str, pace: Pace) -> Row:
    before = counts.read()
    told = run(made, made.job(pace))
    documents = told.spent["documents"]
    counted = {name: (now - before[name]) / documents for name, now in counts.read().items()}
    note = "" if "fsyncs" in counted else "fsyncs are counted where strace is installed and may trace"
    figures = {"documents": documents, "commits": told.spent["commits"], **counted}
    return Row("costs", case, figures, note)
