"""The bytes of one entry followed to their end: counted as they would be unpacked, and given to nobody."""

from __future__ import annotations

import zlib
from typing import Protocol

from schemas.content import Invalid
from schemas.edxml import limits
from schemas.edxml.archive.entry import Entry

_PIECE = 64 * 1024
# What a size says where the true one stands elsewhere.
_ELSEWHERE = 0xFFFFFFFF


class Allowance:
    """What all packages of one message may unpack to together, so that looking at them has an end."""

    def __init__(self) -> None:
        self._left = limits.UNPACKED_TOGETHER

    def spend(self, size: int) -> None:
        """So many bytes more. Raises :class:`Invalid`."""
        self._left -= size
        if self._left < 0:
            raise Invalid(
                "body.too_large", f"the ZIPs of this message unpack to more than {limits.UNPACKED_TOGETHER} bytes"
            )


class Flow(Protocol):
    """An entry's bytes: how many came, how many they are unpacked, and whether they are all there."""

    packed: int
    size: int
    crc: int
    ended: bool

    def feed(self, data: bytes) -> bytes:
        """The next bytes of the archive; gives back those behind the entry."""
        ...


class Stored:
    """An entry that is not packed; how long it is was said before it."""

    def __init__(self, length: int) -> None:
        self.packed = self.size = self.crc = 0
        self.ended = not length
        self._length = length

    def feed(self, data: bytes) -> bytes:
        """See :class:`Flow`."""
        mine = data[: self._length - self.size]
        self.size += len(mine)
        self.packed = self.size
        self.crc = zlib.crc32(mine, self.crc)
        self.ended = self.size == self._length
        return data[len(mine) :]


class Deflated:
    """An entry that says itself where it ends. Not followed further when broken, or larger than any may be."""

    def __init__(self, allowance: Allowance) -> None:
        self.packed = self.size = self.crc = 0
        self.ended = False
        self._lost = False
        self._allowance = allowance
        self._inflater = zlib.decompressobj(-zlib.MAX_WBITS)

    def feed(self, data: bytes) -> bytes:
        """See :class:`Flow`. Raises :class:`Invalid` if the message unpacks to too much."""
        while data and not self._lost and not self.ended:
            data = self._step(data)
        return b"" if self._lost else data

    def _step(self, data: bytes) -> bytes:
        try:
            piece = self._inflater.decompress(data, _PIECE)
        except zlib.error:
            self._lost = True
            return b""
        self.ended = self._inflater.eof
        rest = self._inflater.unused_data if self.ended else self._inflater.unconsumed_tail
        self.packed += len(data) - len(rest)
        self._count(piece)
        return rest

    def _count(self, piece: bytes) -> None:
        self._allowance.spend(len(piece))
        self.size += len(piece)
        self.crc = zlib.crc32(piece, self.crc)
        self._lost = self.size > limits.UNPACKED


def flow_of(entry: Entry, allowance: Allowance) -> Flow | None:
    """What follows that entry; ``None`` where its end cannot be known before the archive's."""
    if not entry.readable:
        return None
    if entry.method:
        return Deflated(allowance)
    # Readers that go by the beginning take as many bytes as either number says.
    known = not entry.described_after and entry.packed == entry.size != _ELSEWHERE
    return Stored(entry.packed) if known else None
