"""A package that was looked at to its end and may be opened: one whole entry and nothing else."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import IO

_PIECE = 64 * 1024


@dataclass(frozen=True, slots=True)
class Package:
    """Where the entry's bytes stand in the archive, in bytes, and whether they are deflated."""

    start: int
    length: int
    deflated: bool

    def pieces(self, archive: IO[bytes]) -> Iterator[bytes]:
        """The entry unpacked, out of the archive this was found to be; what it came to was checked before."""
        archive.seek(0)
        return self.passing(iter(lambda: archive.read(_PIECE), b""))

    def passing(self, archive: Iterable[bytes]) -> Iterator[bytes]:
        """As :meth:`pieces`, out of an archive that comes in pieces; it is taken to its end."""
        inflater = zlib.decompressobj(-zlib.MAX_WBITS)
        for piece in self._entry(archive):
            if self.deflated:
                yield from _inflated(inflater, piece)
            else:
                yield piece
        yield inflater.flush()

    def _entry(self, archive: Iterable[bytes]) -> Iterator[bytes]:
        """The entry as it is packed."""
        begin, end = self.start, self.start + self.length
        for piece in archive:
            if inside := piece[max(begin, 0) : max(end, 0)]:
                yield inside
            begin, end = begin - len(piece), end - len(piece)


def _inflated(inflater: zlib._Decompress, piece: bytes) -> Iterator[bytes]:
    while piece:
        yield inflater.decompress(piece, _PIECE)
        piece = inflater.unconsumed_tail
