"""What a file is by its bytes, and how one that travels in a ZIP of its own gets out of it.

Declared types lie, so the bytes decide. A ZIP is unwrapped only if it holds exactly one entry and the file is
not itself called ``.zip``: Office files hold many. Once, never what is inside. The entry's name is never used.
Whether it may be opened at all was found out while it passed.
"""

from __future__ import annotations

import hashlib
import tempfile
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from schemas.edxml.archive.package import Package

_SNIFFED = 4
_IN_MEMORY = 1024 * 1024


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
    size: int
    sha256: str
    #: Where the file stands in the package it came in; None: in none.
    package: Package | None = None

    @property
    def unwrapped(self) -> bool:
        """Whether it came in a package of its own."""
        return self.package is not None


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

    def finish(self, package: Package | None) -> Unpacked:
        """The file is whole, and a package that may be opened or none."""
        kind = self._kind or Kind.OTHER
        self._take(self._head)
        if kind is Kind.ZIP:
            self._give_all(package)
        return Unpacked(kind, self._size, self._hash.hexdigest(), package)

    def close(self) -> None:
        """Let go of what is held."""
        self._package.close()

    def _take(self, data: bytes) -> None:
        if self._kind is Kind.ZIP:
            self._package.write(data)
        else:
            self._give(data)

    def _give_all(self, package: Package | None) -> None:
        whole = Package(0, self._package.tell(), deflated=False)
        for piece in (package or whole).pieces(self._package):
            self._give(piece)

    def _give(self, data: bytes) -> None:
        self._sink.write(data)
        self._hash.update(data)
        self._size += len(data)


def _kind(head: bytes) -> Kind:
    if head.startswith(b"PK\x03\x04"):
        return Kind.ZIP
    return Kind.PDF if head.startswith(b"%PDF") else Kind.OTHER
