"""What the person asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from bus.bench.row import Row


@dataclass(frozen=True, slots=True)
class Options:
    """Of ``python -m bench``."""

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
