"""What came of a year, and everything that is not as it should be."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from bus.expectation.duties import Duty
from tests.year.doors import Way
from tests.year.plan import Fate, Scenario


@dataclass
class Told:
    """What came of a year, and everything that is not as it should be."""

    scenario: Scenario
    regimes: int
    duties: Sequence[Duty]
    fates: Counter[Fate]
    #: Reports that were taken, by how they came.
    ways: Counter[Way] = field(default_factory=Counter)
    refused: int = 0
    returned: int = 0
    released: int = 0
    versions: int = 0
    overdue: int = 0
    received: Counter[str] = field(default_factory=Counter)
    #: How often a system was asked for a packet whose answer was lost.
    asked: int = 0
    wrong: list[str] = field(default_factory=list)

    @property
    def sent(self) -> int:
        """Reports that were taken."""
        return self.ways.total()

    def must(self, holds: bool, what: str) -> None:
        """Note what does not hold."""
        if not holds:
            self.wrong.append(what)
