"""A clock that stands where a file says: one process moves it, and all that have it open see that at once."""

from __future__ import annotations

import mmap
from pathlib import Path

from bus.clock import MICROS

#: Where a life of the bus is told of the file.
VARIABLE = "TEST_CLOCK"
_START = 1_790_000_000 * MICROS
_SIZE = 8


class StandingClock:
    """A :class:`bus.clock.Clock` over a file; both scales move together. A new file begins at a fixed moment."""

    def __init__(self, path: Path) -> None:
        if not path.exists():
            path.write_bytes(_START.to_bytes(_SIZE, "little"))
        self.path = path
        with path.open("r+b") as file:
            self._now = mmap.mmap(file.fileno(), _SIZE)

    def now(self) -> int:
        return int.from_bytes(self._now[:], "little")

    def monotonic(self) -> float:
        return self.now() / MICROS

    def move(self, seconds: float) -> None:
        """Move ahead, for everybody."""
        self._now[:] = (self.now() + int(seconds * MICROS)).to_bytes(_SIZE, "little")
