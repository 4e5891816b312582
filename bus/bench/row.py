"""One case of one scenario, and its figures by name. What was not measured is not there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a scenario's table; the names of figures are those of ``table``."""

    scenario: str
    case: str
    figures: Mapping[str, float] = field(default_factory=dict)
    note: str = ""


def percentile(sorted_values: Sequence[float], share: float) -> float:
    """The value below which this share lies; 0.0 of nothing."""
    return sorted_values[min(len(sorted_values) - 1, int(len(sorted_values) * share))] if sorted_values else 0.0


def spread(seconds: Sequence[float]) -> dict[str, float]:
    """The usual figures of latencies (seconds), in milliseconds."""
    told = sorted(seconds)
    shares = {"p50": 0.5, "p95": 0.95, "p99": 0.99, "max": 1.0}
    return {name: percentile(told, share) * 1000 for name, share in shares.items()}
