"""When documents go out. Open loop: each at its instant, whatever became of those before it. Pure."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Pace:
    """For so many ``seconds``, ``rate`` documents a second; without a rate as fast as they are taken.

    With a rate the latency of a document counts from its instant in this plan. It counts as waiting that it was not even
    sent, because those before it were not answered: who only counts from the sending on measures least when it is worst.
    """

    seconds: float
    rate: float | None = None
    #: Without a rate: no more than these.
    documents: int | None = None

    @property
    def is_open(self) -> bool:
        """Whether answers change nothing about when the next goes out."""
        return self.rate is not None

    def at(self, number: int) -> float:
        """Seconds from the beginning to the instant of a document (the first is 0); 0.0 without a rate."""
        return number / self.rate if self.rate else 0.0

    def due(self, elapsed: float) -> int:
        """How many should have gone out after so many seconds."""
        if self.rate is None:
            return 0 if elapsed >= self.seconds else (1 << 62 if self.documents is None else self.documents)
        return min(int(elapsed * self.rate) + 1, self.total or 0)

    @property
    def total(self) -> int | None:
        """How many in all, where that is known."""
        return max(1, round(self.seconds * self.rate)) if self.rate else self.documents

    def over(self, given: int, elapsed: float) -> bool:
        """Whether no more go out after ``given``."""
        return given == self.total or (not self.is_open and elapsed >= self.seconds)
