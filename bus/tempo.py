"""How fast a replay goes: so many a second, at first slowly if wanted, and never many at once to make up for a pause."""

from __future__ import annotations

#: Copies a second at which a ramp begins, and seconds after which it is twice as fast.
FIRST, DOUBLES = 1.0, 10.0
#: Seconds whose share may be made up for at once: what a busy machine is late, not what a pause was long.
_LATE = 1.0


class Tempo:
    """Begins at ``now`` (monotonic seconds) with nothing due. Not to be shared by threads."""

    def __init__(self, rate: float, *, ramp: bool, now: float) -> None:
        self._rate = rate
        self._ramp = ramp
        self._began = self._last = now
        self._due = 0.0

    def rate(self, now: float) -> float:
        """Copies a second at this moment."""
        if not self._ramp:
            return self._rate
        doubled = min((now - self._began) // DOUBLES, 64)
        return min(self._rate, FIRST * 2**doubled)

    def due(self, now: float) -> int:
        """How many may go now."""
        rate = self.rate(self._last)
        more = rate * min(now - self._last, _LATE)
        self._due = min(self._due + more, rate * _LATE + 1)
        self._last = now
        return int(self._due)

    def spend(self, count: int) -> None:
        """So many of these went."""
        self._due -= count
