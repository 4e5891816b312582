"""How fast a replay goes: so many a second, at first slowly if wanted.

What a busy machine is late is made up for little by little; what a pause was long is not.
"""

from __future__ import annotations

#: Copies a second at which a ramp begins, and seconds after which it is twice as fast.
FIRST, DOUBLES = 1.0, 10.0
#: How much faster than its rate it may be while it makes up, seconds that are made up for at the most, and seconds whose
#: share may go at once.
FASTER, OWED, AT_ONCE = 1.25, 10.0, 1.0


class Tempo:
    """Begins at ``now`` (monotonic seconds) with nothing due. Not to be shared by threads."""

    def __init__(self, rate: float, *, ramp: bool, now: float) -> None:
        self._rate = rate
        self._ramp = ramp
        self._began = self._last = now
        #: What should have gone by now and has not, and what may go without going too fast.
        self._owed = self._room = 0.0

    def rate(self, now: float) -> float:
        """Copies a second at this moment."""
        if not self._ramp:
            return self._rate
        doubled = min((now - self._began) // DOUBLES, 64)
        return min(self._rate, FIRST * 2**doubled)

    def due(self, now: float) -> int:
        """How many may go now."""
        rate, passed = self.rate(self._last), now - self._last
        self._owed = min(self._owed + rate * passed, rate * OWED + 1)
        self._room = min(self._room + rate * FASTER * passed, rate * AT_ONCE + 1)
        self._last = now
        return int(min(self._owed, self._room))

    def spend(self, count: int) -> None:
        """So many of these went."""
        self._owed -= count
        self._room -= count
