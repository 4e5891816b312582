"""What is measured, by name; one file each."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from bus.bench.plan import Plan
from bus.bench.row import Row
from bus.bench.scenarios import latency, throughput


@dataclass(frozen=True, slots=True)
class Scenario:
    """Gives rows as they become known."""

    measure: Callable[[Plan], Iterator[Row]]
    #: Whether it needs a daemon of its own: its process, its home.
    own: bool = False
    #: Whether it is measured where none is named.
    usual: bool = True


SCENARIOS: Mapping[str, Scenario] = {
    "throughput": Scenario(throughput.measure),
    "latency": Scenario(latency.measure),
}


def measure(plan: Plan, names: Sequence[str]) -> Iterator[Row]:
    """The scenarios of these names, the usual ones where there are none, in the order of :data:`SCENARIOS`."""
    for name, scenario in SCENARIOS.items():
        if name in names or (scenario.usual and not names):
            if plan.target and scenario.own:
                yield Row(name, "left out", note="it needs a daemon of its own: run it without --target")
            else:
                plan.progress(name)
                yield from scenario.measure(plan)
