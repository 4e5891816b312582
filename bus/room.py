"""Whether there is room to take more in: a bound on what is in hand, and a reserve of disk space.

Said before a body is read. What is refused here was not taken and may come again; what was taken is kept
even when the disk gets full, and the bus can still be looked at and worked off.
"""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bus.clock import Clock
from bus.errors import Rejected

#: Seconds for which one look at the disk is trusted.
_TRUSTED = 2.0


class Room:
    """Room for ``at_once`` bodies being taken in, on a disk that keeps ``reserve`` bytes free."""

    def __init__(self, folder: Path, clock: Clock, at_once: int, reserve: int) -> None:
        self._folder = folder
        self._clock = clock
        self._at_once = at_once
        self._reserve = reserve
        self._lock = threading.Lock()
        self._in_hand = 0
        self._looked_at = float("-inf")
        self._free = 0

    @contextmanager
    def for_one(self) -> Iterator[None]:
        """Hold a place while one body is taken in. Raises ``Rejected('bus.busy')``."""
        if problem := self.problem():
            raise Rejected("bus.busy", problem)
        with self._lock:
            if self._in_hand >= self._at_once:
                raise Rejected("bus.busy", f"{self._in_hand} messages are being taken in")
            self._in_hand += 1
        try:
            yield
        finally:
            with self._lock:
                self._in_hand -= 1

    def problem(self) -> str:
        """Why nothing more can be taken in; empty when it can."""
        return "" if self._disk() >= self._reserve else "the disk is nearly full"

    def _disk(self) -> int:
        now = self._clock.monotonic()
        if now - self._looked_at > _TRUSTED:
            self._looked_at = now
            self._free = shutil.disk_usage(self._folder).free
        return self._free
