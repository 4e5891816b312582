"""A package that was looked at to its end and may be opened: one whole entry and nothing else."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
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
        archive.seek(self.start)
        inflater = zlib.decompressobj(-zlib.MAX_WBITS)
        left = self.length
        while left and (piece := archive.read(min(left, _PIECE))):
            left -= len(piece)
            if self.deflated:
                yield from _inflated(inflater, piece)
            else:
                yield piece
        yield inflater.flush()


def _inflated(inflater: zlib._Decompress, piece: bytes) -> Iterator[bytes]:
    while piece:
        yield inflater.decompress(piece, _PIECE)
        piece = inflater.unconsumed_tail
