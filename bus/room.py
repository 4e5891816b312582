"""Whether there is room to take more in: a bound on what is in hand, in memory and on the disks.

Said before a body is read, and of a large one while it comes. What is refused here was not taken and may come again;
what was taken is kept even when a disk gets full, and the bus can still be looked at and worked off.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bus.clock import Clock
from bus.config import Settings
from bus.disks import Disks
from bus.errors import Rejected

#: Seconds after which a caller may come again when a disk is nearly full.
_LATER = 30
#: Bytes of memory that a message costs at the least, and a body that goes to disk: what its connection, the portion in
#: hand and the reader hold. Bodies up to the latter are small.
LEAST, LARGE = 32 << 10, 512 << 10
#: Large bodies get so much of the memory, the rest stays for small ones.
_SHARE = 0.75
#: Bytes of a large body that are handled at a time: where there are few of them, and where there are many.
_MOST_AT_ONCE, _LEAST_AT_ONCE = 1 << 20, 128 << 10
#: Callers that may wait for a place.
_LINE = 100


class Room:
    """Room for ``at_once`` messages on their way to a receipt, in ``memory`` bytes."""

    def __init__(self, disks: Disks, at_once: int, memory: int) -> None:
        self._disks = disks
        self._at_once = at_once
        self._memory = memory
        self._lock = threading.Lock()
        self._in_hand = 0
        self._held = 0
        self._waiting = 0

    def problem(self) -> str:
        """Why nothing more can be taken in; empty when it can."""
        return self._disks.problem()

    def enter(self, announced: int | None) -> Place | None:
        """A place for a body of so many bytes (None: nobody knows); None where too much is in hand just now.

        Raises ``Rejected('bus.busy')`` where a disk is nearly full or would be.
        """
        if problem := self._disks.problem():
            raise _no_space(problem)
        cost = LARGE if announced is None else min(max(announced, LEAST), LARGE)
        if not self._takes(cost):
            return None
        promised = announced if announced is not None and cost == LARGE else 0
        if promised and not self._disks.promise(promised):
            self.left(cost)
            raise _no_space(f"{announced} bytes are more than is left")
        return Place(self, self._disks, cost, promised)

    def hold(self, size: int) -> Place:
        """A place for a body of so many bytes in memory that was taken in and waits to be written: never refused."""
        cost = max(size, LEAST)
        with self._lock:
            self._in_hand += 1
            self._held += cost
        return Place(self, self._disks, cost, 0)

    def left(self, cost: int) -> None:
        """One place is free again."""
        with self._lock:
            self._in_hand -= 1
            self._held -= cost

    @contextmanager
    def in_line(self) -> Iterator[None]:
        """Wait for a place in here. Raises ``Rejected('bus.busy')`` where too many do."""
        with self._lock:
            if self._waiting >= _LINE:
                raise crowded()
            self._waiting += 1
        try:
            yield
        finally:
            with self._lock:
                self._waiting -= 1

    @property
    def portion(self) -> int:
        """How many bytes of a large body are to be handled at a time, now that so many are in hand."""
        share = self._memory // 4 // max(1, self._in_hand)
        return max(_LEAST_AT_ONCE, min(_MOST_AT_ONCE, share))

    def _takes(self, cost: int) -> bool:
        bound = self._memory * (_SHARE if cost == LARGE else 1)
        with self._lock:
            if self._in_hand >= self._at_once or self._held + cost > bound:
                return False
            self._in_hand += 1
            self._held += cost
            return True


class Place:
    """One message's place, from before its body is read; left once."""

    def __init__(self, room: Room, disks: Disks, cost: int, promised: int) -> None:
        self._room = room
        self._disks = disks
        self._cost = cost
        self._promised = promised

    def write(self, size: int) -> None:
        """So many bytes of a large body are about to go to disk. Raises ``Rejected('bus.busy')``."""
        promised = min(size, self._promised)
        if not self._disks.write(size, promised):
            raise _no_space("a disk is nearly full")
        self._promised -= promised

    def leave(self) -> None:
        """Give the place up."""
        self._disks.release(self._promised)
        self._room.left(self._cost)


def room_of(settings: Settings, clock: Clock) -> Room:
    """The room of a home that is open: its folders are there."""
    disks = Disks(folders_of(settings), settings.bodies, clock, settings.disk_reserve)
    return Room(disks, settings.intakes_at_once, settings.intake_memory)


def folders_of(settings: Settings) -> dict[str, Path]:
    """A folder on each disk that a home which is open writes to, by what it holds."""
    folders = {"BUS_HOME": settings.home, "the large bodies": settings.bodies}
    if settings.database_url.startswith("sqlite:///"):
        folders["the journal"] = Path(settings.database_url.removeprefix("sqlite:///")).absolute().parent
    return dict({folder.stat().st_dev: (name, folder) for name, folder in reversed(folders.items())}.values())


def crowded() -> Rejected:
    """Too much is in hand."""
    return Rejected("bus.busy", "too many messages are being taken in")


def _no_space(detail: str) -> Rejected:
    return Rejected("bus.busy", detail, retry_after=_LATER)
