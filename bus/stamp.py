"""Whether a file is still the one it was: written to, replaced, given to others or gone, its stamp is another."""

from __future__ import annotations

from pathlib import Path

#: Changed last (bytes, name or mode), written last, size, and which file it is.
Stamp = tuple[int, int, int, int]


def stamp(path: Path) -> Stamp | None:
    """What tells a file from another, or from itself at another time; None while there is none to be seen."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_ctime_ns, status.st_mtime_ns, status.st_size, status.st_ino
