"""Questions about the bus itself: its disks, its clock, whether it is ready. They need no journal."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from bus.alerts.found import Asked, Found
from bus.alerts.troubles import Trouble
from bus.clock import MICROS, Clock, micros
from bus.config.alerts import ClockJump, Disk
from bus.disks import free_bytes

#: Microseconds for which a jump of the clock is worth a word.
_FRESH = 15 * 60 * MICROS
_GB = 1 << 30


class OfMachine:
    """Asks the machine."""

    def __init__(self, folders: Mapping[str, Path], clock: Clock, free: Callable[[Path], int] = free_bytes) -> None:
        self._folders = folders
        self._clock = clock
        self.free = free
        #: What of the bus is not in order.
        self.troubles: Callable[[], Sequence[Trouble]] = list
        self._last = (clock.now(), clock.monotonic())
        self._jumped: tuple[int, int] | None = None

    def disk(self, asked: Asked) -> list[Found]:
        """Disks with too little room."""
        rule: Disk = asked.rule
        found = []
        for name, folder in sorted(self._folders.items()):
            free = self.free(folder)
            if free < rule.less_than:
                left = f"{free / _GB:.1f} GB"
                found.append(Found(name, asked.known.get(name, asked.now), f"chỉ còn {left} trống", f"{left} left"))
        return found

    def bus(self, asked: Asked) -> list[Found]:
        """What is not in order."""
        return [Found(one.part, asked.known.get(one.part, asked.now), one.vi, one.en) for one in self.troubles()]

    def _look(self) -> None:
        """Wall time and monotonic time part only when somebody sets the clock."""
        now, steady = self._clock.now(), self._clock.monotonic()
        before, steady_before = self._last
        self._last = (now, steady)
        jumped = (now - before) - int((steady - steady_before) * MICROS)
        if abs(jumped) > MICROS:
            self._jumped = (now, jumped)

    def clock(self, asked: Asked) -> list[Found]:
        """A jump of the clock a moment ago."""
        rule: ClockJump = asked.rule
        self._look()
        if self._jumped is None:
            return []
        at, jumped = self._jumped
        if abs(jumped) <= micros(rule.more_than) or abs(asked.now - at) > _FRESH:
            return []
        seconds = f"{jumped / MICROS:+.0f} s"
        return [Found("clock", at, f"đồng hồ nhảy {seconds}", f"the clock jumped {seconds}")]
