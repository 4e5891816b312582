"""One process owns a home: an exclusive lock on ``BUS_HOME/lock`` that ends with the process, however it ends.

Nobody works in a home that is being made of a backup: it bears a mark from before its first file until it is whole.
"""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from bus.errors import HomeTaken, HomeUnfinished


class HomeLock:
    """Held from :meth:`take` to :meth:`release` or the end of the process."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor: int | None = None

    def take(self) -> None:
        """Take the lock. Raises HomeTaken, naming the other's pid."""
        self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            owner = os.read(descriptor, 20).decode().strip() or "unknown"
            os.close(descriptor)
            raise HomeTaken(
                f"{self._path.parent} is in use by process {owner}; stop it, or set BUS_HOME to another folder"
            ) from None
        os.ftruncate(descriptor, 0)
        os.write(descriptor, f"{os.getpid()}\n".encode())
        self._descriptor = descriptor

    def release(self) -> None:
        """Let go; may be called twice."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


def check_whole(mark: Path) -> None:
    """Raises HomeUnfinished where the mark of a restore is there: it was killed, and the home is made of a part of a backup."""
    if mark.exists():
        raise HomeUnfinished(
            f"a restore into {mark.parent} was broken off: nothing was taken in or sent by it. Run the same `bus restore` again, "
            "which begins anew · việc phục hồi vào thư mục này bị ngắt giữa chừng: chạy lại đúng lệnh `bus restore`"
        )
