"""What is measured, by name; one file each."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping, Sequence

from bus.bench.plan import Plan
from bus.bench.row import Row
from bus.bench.scenarios import committer, costs, crash, fairness, fill, large, latency, outage, throughput
from bus.bench.stage import Stage, stage

#: Those that share one bus, in this order.
TOGETHER: Mapping[str, Callable[[Plan, Stage], Iterator[Row]]] = {
    "throughput": throughput.measure,
    "latency": latency.measure,
    "outage": outage.measure,
    "fairness": fairness.measure,
    "large": large.measure,
    "crash": crash.measure,
}
#: Those that make their own.
ALONE: Mapping[str, Callable[[Plan], Iterator[Row]]] = {
    "costs": costs.measure,
    "committer": committer.measure,
    "fill": fill.measure,
}
NAMES = (*TOGETHER, *ALONE)
#: What takes long, and is measured only where it is named.
_ASKED_FOR = frozenset({"fill"})
#: What cannot be had of a bus that runs elsewhere.
_OWN = frozenset({"crash", *ALONE})


def measure(plan: Plan, names: Sequence[str]) -> Generator[Row, None, None]:
    """The scenarios of these names, the usual ones where there are none; gives rows as they become known."""
    chosen = [name for name in NAMES if name in (names or set(NAMES) - _ASKED_FOR)]
    possible = [name for name in chosen if not (plan.target and name in _OWN)]
    if shared := [name for name in possible if name in TOGETHER]:
        with stage(plan) as made:
            for name in shared:
                plan.progress(name)
                yield from TOGETHER[name](plan, made)
    for name in possible:
        if name in ALONE:
            plan.progress(name)
            yield from ALONE[name](plan)
    for name in chosen:
        if name not in possible:
            yield Row(name, "left out", note="it needs a daemon of its own: measure it without --target")
