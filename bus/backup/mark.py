"""The mark of a home that is being made of a backup: on disk before its first file, gone when the home is whole.

It bears the instant at which the restore began, by which a journal that was made by it is known.
"""

from __future__ import annotations

import os
from pathlib import Path

from bus.backup import files
from bus.backup.files import BackupFailed


def put(mark: Path, began: int) -> None:
    """Say that a restore has begun (microseconds), in place of an earlier one. Raises OSError."""
    with os.fdopen(os.open(mark, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(f"{began}\n")
        file.flush()
        os.fsync(file.fileno())
    files.sync(mark.parent)


def began(mark: Path) -> int | None:
    """When the restore began that did not end; None where there was none, or it had made nothing yet. Raises OSError."""
    text = mark.read_bytes().strip() if mark.exists() else b""
    return int(text) if text.isdigit() else None


def remove(mark: Path) -> None:
    """Say that the home is whole, once all of it is on disk. Raises BackupFailed; then it has to be said again."""
    try:
        files.sync(mark.parent)
        mark.unlink()
        files.sync(mark.parent)
    except OSError as error:
        raise BackupFailed(f"all is restored but for its end ({error}): run the same command again") from error
