"""What a file is by its bytes, and how one that travels in a ZIP of its own gets out of it.

Declared types lie, so the bytes decide. A ZIP is unwrapped only if it holds exactly one entry and the file is
not itself called ``.zip``: Office files hold many. Once, never what is inside. The entry's name is never used.
"""

from __future__ import annotations

import hashlib
import tempfile
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from schemas.edxml.archive import Archive

_SNIFFED = 4
_IN_MEMORY = 1024 * 1024
_PIECE = 64 * 1024


class Kind(StrEnum):
    """What a file's first bytes say it is."""

    ZIP = "zip"
    PDF = "pdf"
    OTHER = "other"


class Sink(Protocol):
    """Takes one file; made by the caller, one for each."""

    def write(self, data: bytes, /) -> object:
        """The next bytes."""
        ...


@dataclass(frozen=True, slots=True)
class Unpacked:
    """What a sink was given. ``kind`` is of the bytes that came, before they were unwrapped."""

    kind: Kind
    unwrapped: bool
    size: int
    sha256: str


class Unpacker:
    """Takes the bytes of one file as they come and gives its sink the file: at once, or a ZIP's at the end."""

    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self._hash = hashlib.sha256()
        self._size = 0
        self._head = b""
        self._kind: Kind | None = None
        self._package = tempfile.SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115 - closed by close()

    def write(self, data: bytes) -> None:
        """The next bytes of the file as it came."""
        if self._kind is None:
            self._head += data
            if len(self._head) < _SNIFFED:
                return
            self._kind, data, self._head = _kind(self._head), self._head, b""
        self._take(data)

    def finish(self, name: str) -> Unpacked:
        """The file is whole, and called that. Raises :class:`Invalid` for a package that must not be opened."""
        kind = self._kind or Kind.OTHER
        self._take(self._head)
        unwrapped = kind is Kind.ZIP and self._unwrap(name)
        return Unpacked(kind, unwrapped, self._size, self._hash.hexdigest())

    def close(self) -> None:
        """Let go of what is held."""
        self._package.close()

    def _take(self, data: bytes) -> None:
        if self._kind is Kind.ZIP:
            self._package.write(data)
        else:
            self._give(data)

    def _unwrap(self, name: str) -> bool:
        archive = None if name.lower().endswith(".zip") else Archive.of_one(self._package, name)
        if archive is not None:
            archive.copy(self._give)
            return True
        self._package.seek(0)
        while piece := self._package.read(_PIECE):
            self._give(piece)
        return False

    def _give(self, data: bytes) -> None:
        self._sink.write(data)
        self._hash.update(data)
        self._size += len(data)


def _kind(head: bytes) -> Kind:
    if head.startswith(b"PK\x03\x04"):
        return Kind.ZIP
    return Kind.PDF if head.startswith(b"%PDF") else Kind.OTHER
