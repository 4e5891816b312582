"""Uploads as files: a folder a partner, in it for each the bytes, and a record of how many of them count.

A record is written whole or not at all. What has no record is nothing.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import orjson

from bus.claimcheck import sync_folder
from bus.errors import Rejected
from bus.message import is_id
from bus.parcels import Upload

_OPEN, _ACCEPTED, _BYTES, _FRESH = ".open", ".accepted", ".bytes", ".new"


class Records:
    """Below one folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)

    def bytes_of(self, upload: Upload) -> Path:
        """Where its bytes lie."""
        return self._path(upload.partner, upload.id, _BYTES)

    def find(self, partner: str, id_: str) -> Upload | None:
        """What the record says; None without one. Raises ``Rejected('not_found')`` for what is no id."""
        return _read(self._path(partner, id_, _OPEN)) or _read(self._path(partner, id_, _ACCEPTED))

    def under_way(self, partner: str) -> Iterator[Upload]:
        """Those of a partner that were not accepted, oldest first."""
        for path in sorted((self._folder / partner).glob(f"*{_OPEN}")):
            if upload := _read(path):
                yield upload

    def everywhere(self) -> Iterator[tuple[str, str]]:
        """Partner and id of whatever there is anything of."""
        for folder in filter(Path.is_dir, self._folder.iterdir()):
            yield from self.of(folder.name)

    def of(self, partner: str) -> Iterator[tuple[str, str]]:
        """The same for one partner."""
        folder = self._folder / partner
        if folder.exists():
            yield from {(partner, path.name.partition(".")[0]) for path in folder.iterdir()}

    def write(self, upload: Upload) -> None:
        """Have the record on disk. Raises OSError."""
        target = self._path(upload.partner, upload.id, _OPEN if upload.receipt is None else _ACCEPTED)
        if not target.parent.exists():
            target.parent.mkdir(mode=0o700)
            sync_folder(self._folder)
        fresh = target.with_name(target.name + _FRESH)
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(orjson.dumps(upload))
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(target)
        sync_folder(target.parent)

    def close(self, upload: Upload) -> None:
        """Have the record of one that was accepted on disk; its bytes go last. Raises OSError."""
        self.write(upload)
        self._path(upload.partner, upload.id, _OPEN).unlink(missing_ok=True)
        self.bytes_of(upload).unlink(missing_ok=True)

    def forget(self, partner: str, id_: str) -> None:
        """Remove all of it; the record first, for bytes without one are nothing."""
        for ending in (_OPEN, _ACCEPTED, _BYTES, _OPEN + _FRESH, _ACCEPTED + _FRESH):
            (self._folder / partner / (id_ + ending)).unlink(missing_ok=True)

    def _path(self, partner: str, id_: str, ending: str) -> Path:
        if not is_id(id_):
            raise Rejected("not_found", "no upload has such an id")
        return self._folder / partner / (id_ + ending)


def _read(path: Path) -> Upload | None:
    """What stands there; None for what a disk spoiled, too: its sender begins anew."""
    with suppress(FileNotFoundError, orjson.JSONDecodeError, TypeError):
        return Upload(**orjson.loads(path.read_bytes()))
    return None
