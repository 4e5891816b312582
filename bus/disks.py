"""Free space on the disks the bus writes to: of each a reserve is kept, for settling what was taken in and for operators."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Mapping
from pathlib import Path

from bus import log
from bus.clock import Clock

_log = log.get()
#: Seconds for which one look is trusted; what is written here meanwhile is subtracted.
_TRUSTED = 1.0
#: Free inodes below which a disk counts as full.
_FILES = 1000
#: A disk that was short has room again at this many times the reserve, so that it is not both in turn.
_AGAIN = 1.05


def free_bytes(folder: Path) -> int:
    """Bytes that may be written there; none where no file can be made, or nobody can tell."""
    try:
        told = os.statvfs(folder)
    except OSError:
        return 0
    no_files = told.f_files and told.f_favail < _FILES
    return 0 if no_files else told.f_bavail * told.f_frsize


class Disks:
    """The disks of these folders, by what they hold; those of ``bodies`` take the large ones. ``reserve`` in bytes."""

    def __init__(
        self,
        folders: Mapping[str, Path],
        bodies: Path,
        clock: Clock,
        reserve: int,
        free: Callable[[Path], int] = free_bytes,
    ) -> None:
        self._folders = folders
        self._free = free
        self._bodies = bodies
        self._clock = clock
        self._reserve = reserve
        self._lock = threading.Lock()
        self._looked_at = float("-inf")
        self._short: frozenset[str] = frozenset()
        #: Bytes beyond the reserve where large bodies go, and how many are promised to those under way.
        self._left = 0
        self._promised = 0

    def problem(self) -> str:
        """Which disks are nearly full; empty where none is."""
        with self._lock:
            self._look()
            return "; ".join(f"the disk of {name} is nearly full" for name in sorted(self._short))

    def promise(self, size: int) -> bool:
        """Keep room for a large body of so many bytes; whether there is that much. Given back by :meth:`release`."""
        with self._lock:
            self._look()
            if self._left - self._promised < size:
                return False
            self._promised += size
            return True

    def write(self, size: int, promised: int) -> bool:
        """So many bytes are about to be written, ``promised`` of them promised; whether there is room."""
        with self._lock:
            self._look()
            if self._left - self._promised < size - promised:
                return False
            self._promised -= promised
            self._left -= size
            return True

    def release(self, promised: int) -> None:
        """So much of a promise is not needed any more."""
        with self._lock:
            self._promised -= promised

    def _look(self) -> None:
        now = self._clock.monotonic()
        if now - self._looked_at < _TRUSTED:
            return
        self._looked_at = now
        self._left = self._free(self._bodies) - self._reserve
        short = frozenset(name for name, folder in self._folders.items() if self._is_short(name, folder))
        for name in short - self._short:
            _log.error("disk.short", disk=name, reserve=self._reserve)
        for name in self._short - short:
            _log.warning("disk.enough", disk=name)
        self._short = short

    def _is_short(self, name: str, folder: Path) -> bool:
        return self._free(folder) < self._reserve * (_AGAIN if name in self._short else 1)
