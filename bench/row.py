"""One line of the table: what was measured, and its figures. What was not measured is None."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """One case of one scenario."""

    scenario: str
    case: str
    #: Documents (or calls, or tickets) a second.
    rate: float | None = None
    #: Megabytes (10^6 bytes) a second.
    megabytes: float | None = None
    #: Milliseconds.
    p50: float | None = None
    p99: float | None = None
    #: Milliseconds of processor time for each, of the process that is measured.
    cpu: float | None = None
    #: Megabytes by which the peak of resident memory grew.
    peak: float | None = None
    seconds: float | None = None
    #: Rate relative to the first case of its group.
    ratio: float | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Options:
    """What the person asked for."""

    #: Less of everything: shows that it runs, and little more.
    quick: bool
    #: Where a RabbitMQ may be.
    broker: str
    #: SQLAlchemy URL of an empty PostgreSQL database; empty where there is none.
    database: str = ""

    def count(self, full: int) -> int:
        """How many of something to do."""
        return max(1, full // 10) if self.quick else full

    def rounds(self, full: int) -> int:
        """How often to repeat, in turns."""
        return 1 if self.quick else full


#: Gives rows as they become known.
Scenario = Callable[[Options], Iterator[Row]]


def percentile(sorted_values: list[float], share: float) -> float:
    """The value below which this share lies; 0.0 of nothing."""
    return sorted_values[min(len(sorted_values) - 1, int(len(sorted_values) * share))] if sorted_values else 0.0
