"""Files that are copied, hashed on the way, and on disk when that is said."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from pathlib import Path

from bus.errors import BusError

_PIECE = 1 << 20

#: Told what is being done, and how much of how much.
Progress = Callable[[str, int, int], None]


class BackupFailed(BusError):
    """A backup could not be made, or cannot be restored, and why."""


def digest(path: Path) -> str:
    """The SHA-256 of a file (hex). Raises OSError."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def copy(source: Path, target: Path, mode: int = 0o600) -> str:
    """Copy a file, durably; the SHA-256 of what was read. Raises OSError."""
    hashed = hashlib.sha256()
    with (
        source.open("rb") as read,
        os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as made,
    ):
        while piece := read.read(_PIECE):
            hashed.update(piece)
            made.write(piece)
        made.flush()
        os.fsync(made.fileno())
    return hashed.hexdigest()


def write(target: Path, data: bytes) -> None:
    """Write a small file whole or not at all, durably."""
    fresh = target.with_name(f"{target.name}.new")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    fresh.rename(target)
    sync(target.parent)


def sync(path: Path) -> None:
    """Have a file or a folder's names on disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
