"""What the journal's writer does beside threads that want the interpreter (its own CPU, and documents a second)."""

from __future__ import annotations

from collections.abc import Iterator

from bus.bench.plan import Plan
from bus.bench.road import median
from bus.bench.row import Row

_DOCUMENTS, _ROUNDS = 4000, 3
_BESIDE = ("alone", "beside one busy thread", "beside two busy threads")


def measure(plan: Plan) -> Iterator[Row]:
    """Documents of 20 KB taken in, leased and settled in groups of twenty, with no daemon around."""
    url, alone = (plan.settings or {}).get("BUS_DATABASE_URL", ""), 0.0
    for busy, case in enumerate(_BESIDE):
        told = median(url, busy, plan.count(_DOCUMENTS), plan.count(_ROUNDS))
        alone = alone or told.rate
        yield Row("committer", case, {"rate": told.rate, "cpu": told.cpu * 1000, "ratio": told.rate / alone})
