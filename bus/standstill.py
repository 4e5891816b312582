"""Files of bodies stand still: while a backup copies them, in whatever process, the collector removes none.

A lock on a file of the store that ends with its process, however that ends.
"""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_NAME = "collecting"


@contextmanager
def held(bodies: Path) -> Iterator[None]:
    """Keep every file. Waits for a collector that is at work; several may hold it."""
    with (bodies / _NAME).open("ab") as file:
        fcntl.flock(file, fcntl.LOCK_SH)
        yield


@contextmanager
def collecting(bodies: Path) -> Iterator[bool]:
    """Whether files may be removed meanwhile; never waits."""
    with (bodies / _NAME).open("ab") as file:
        free = False
        with suppress(BlockingIOError):
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            free = True
        yield free
