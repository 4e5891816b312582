"""Claim check: bodies by the SHA-256 of their bytes. Small ones lie in the journal, large ones in files.

A body is taken in piece by piece and never whole in memory when it is large. A file is durable under its
name before the transaction that claims it commits; what no commit came to claim is swept away later.
"""

from __future__ import annotations

import errno
import hashlib
import os
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from bus.errors import Busy, Rejected
from bus.message import Claim, new_id
from bus.shelf import Shelf

#: What passes when there is space again, or the disk is mended.
_PASSING = (errno.ENOSPC, errno.EDQUOT, errno.EIO)


class ClaimCheck:
    """The store of one home. ``inline`` is the size in bytes up to which a body stays in memory and journal."""

    def __init__(self, bodies: Path, spool: Path, inline: int = 256 << 10) -> None:
        self.bodies = bodies
        self.spool = spool
        self.inline = inline
        self._lock = threading.Lock()
        #: Large bodies that were taken in here and are neither accepted nor discarded yet, and how often.
        self._pending: Counter[str] = Counter()
        self._shelf = Shelf()
        self.trash = bodies / "trash"
        for folder in (bodies, spool, self.trash):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)

    def take(self, limit: int) -> Spool:
        """Begin to take a body in. Beyond ``limit`` bytes it is refused."""
        return Spool(self, limit)

    def path(self, sha256: str) -> Path:
        """Where a large body lies."""
        return self.bodies / sha256[:2] / sha256

    def recent(self, sha256: str) -> Claim | None:
        """A small body that was accepted a moment ago; None says nothing."""
        return self._shelf.get(sha256)

    def find(self, claim: Claim | None) -> Claim | None:
        """A claim whose bytes can be opened, from one the journal gave; None where they are gone."""
        if claim is None or claim.data is not None:
            return claim
        path = self.path(claim.sha256)
        return Claim(claim.sha256, claim.size, path=path) if path.exists() else None

    def adopt(self, source: Path, sha256: str) -> Path:
        """Give a synced file the name of its content, durably; it is pending until :meth:`keep` or :meth:`drop`.

        A file that is there already holds the same bytes: it is made young again, so that retention, which
        goes by age, leaves it to the intake that is about to claim it.
        """
        final = self.path(sha256)
        with self._lock:
            self._pending[sha256] += 1
            try:
                os.utime(final)
            except FileNotFoundError:
                _move_durably(source, final)
            else:
                source.unlink()
        return final

    def keep(self, claim: Claim) -> None:
        """A body was accepted."""
        self._shelf.put(claim)
        if claim.path is not None:
            with self._lock:
                self._settle(claim.sha256)

    def drop(self, claim: Claim, claimed: Callable[[str], bool]) -> None:
        """A body was refused: its file goes, unless a message has it or another intake of it is under way."""
        if claim.path is None:
            return
        with self._lock:
            if self._settle(claim.sha256) == 0 and not claimed(claim.sha256):
                claim.path.unlink(missing_ok=True)

    def _settle(self, sha256: str) -> int:
        self._pending[sha256] -= 1
        left = self._pending[sha256]
        if left <= 0:
            del self._pending[sha256]
        return max(left, 0)

    def give_up(self, path: Path, older_than: float, claimed: Callable[[str], bool]) -> bool:
        """Remove a file, unless an intake is about to claim it, or did; whether it is gone.

        By rename into a trash folder and a second look, so that a claim of another process is seen too.
        """
        moved = self.trash / path.name
        with self._lock:
            if self._pending.get(path.name) or path.stat().st_mtime >= older_than:
                return False
            path.rename(moved)
            if moved.stat().st_mtime >= older_than or claimed(path.name):
                moved.rename(path)
                return False
            moved.unlink()
        return True

    def empty_trash(self, claimed: Callable[[str], bool]) -> None:
        """End what a dead process had begun to remove: what is claimed goes back. Only for the owner of the home."""
        for moved in self.trash.iterdir():
            if claimed(moved.name):
                moved.rename(self.path(moved.name))
            else:
                moved.unlink()

    def clear_spool(self) -> None:
        """Forget what was being received when the last process ended. Only for the owner of the home."""
        for path in self.spool.iterdir():
            path.unlink(missing_ok=True)


class Spool:
    """One body being taken in."""

    def __init__(self, store: ClaimCheck, limit: int) -> None:
        self._store = store
        self._limit = limit
        self._hash = hashlib.sha256()
        self._pieces: list[bytes] = []
        self._path: Path | None = None
        self._file: BinaryIO | None = None
        self.size = 0

    def write(self, data: bytes) -> None:
        """Take the next bytes. Raises ``Rejected('body.too_large')``, and Busy where the disk is full."""
        self.size += len(data)
        if self.size > self._limit:
            raise Rejected("body.too_large", f"more than {self._limit} bytes", limit=self._limit)
        self._hash.update(data)
        self._pieces.append(data)
        if self.size > self._store.inline:
            with on_disk():
                self._spill()

    def finish(self) -> Claim:
        """The claim on what was written; a large body is on disk under its name when this returns. Raises as :meth:`write`."""
        sha256 = self._hash.hexdigest()
        if self._file is None or self._path is None:
            return Claim(sha256, self.size, b"".join(self._pieces))
        with on_disk():
            self._file.flush()
            os.fsync(self._file.fileno())
            self._file.close()
            return Claim(sha256, self.size, path=self._store.adopt(self._path, sha256))

    def discard(self) -> None:
        """Forget what was written, unless it was finished."""
        if self._file:
            with suppress(OSError):  # what it still held does not fit on the disk
                self._file.close()
        if self._path:
            self._path.unlink(missing_ok=True)

    def _spill(self) -> None:
        if self._file is None:
            self._path = self._store.spool / new_id()
            self._file = self._path.open("xb")
        for piece in self._pieces:
            self._file.write(piece)
        self._pieces.clear()


@contextmanager
def on_disk() -> Iterator[None]:
    """What passes when there is space again raises Busy."""
    try:
        yield
    except OSError as error:
        if error.errno not in _PASSING:
            raise
        raise Busy(f"a body cannot be written: {error.strerror}") from error


def _move_durably(source: Path, final: Path) -> None:
    final.parent.mkdir(exist_ok=True, mode=0o700)
    source.rename(final)
    sync_folder(final.parent)
    sync_folder(final.parent.parent)


def sync_folder(folder: Path) -> None:
    """Have a folder's names on disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def remove_unclaimed(store: ClaimCheck, *, older_than: float, claimed: Callable[[str], bool]) -> int:
    """Remove files no row claims and nobody touched since ``older_than`` (seconds since 1970)."""
    store.empty_trash(claimed)
    return sum(_remove(store, path, older_than, claimed) for path in store.bodies.glob("??/*"))


def _remove(store: ClaimCheck, path: Path, older_than: float, claimed: Callable[[str], bool]) -> bool:
    with suppress(FileNotFoundError):
        if path.stat().st_mtime >= older_than or claimed(path.name):
            return False
        return store.give_up(path, older_than, claimed)
    return False
