"""The end of an archive, where it says how many entries it has and lists them; kept while the archive passes."""

from __future__ import annotations

import struct
from dataclasses import dataclass

from schemas.edxml.archive.entry import Entry, entry_listed

# The record at the end (APPNOTE 4.3.16), and what stands before it where the true numbers are in another record.
_END = struct.Struct("<4s4H2LH")
_END_MARK, _LARGE_MARK, _LARGE_SIZE = b"PK\x05\x06", b"PK\x06\x07", 20
_COMMENT = 0xFFFF
# One entry's line, with a name and notes longer than any that is meant well.
_LIST = 16 * 1024
_KEPT = _LIST + _LARGE_SIZE + _END.size + _COMMENT


@dataclass(frozen=True, slots=True)
class Ending:
    """What the end says; no entries if it says nothing, or what others may read in another way.

    ``listed`` is the entry of a list of one, if that stands where it should.
    """

    entries: int = 0
    listed: Entry | None = None


class Tail:
    """Keeps the last bytes of what passes, at most twice what the longest end takes."""

    def __init__(self) -> None:
        self.size = 0
        self._kept = bytearray()

    def feed(self, data: bytes) -> None:
        """The next bytes."""
        self.size += len(data)
        self._kept += data
        if len(self._kept) > 2 * _KEPT:
            del self._kept[:-_KEPT]

    def ending(self) -> Ending:
        """What the end says, when all has passed."""
        kept = self._kept
        # The last one that is whole.
        place = kept.rfind(_END_MARK, 0, max(0, len(kept) - _END.size + len(_END_MARK)))
        if place < 0 or kept.startswith(_LARGE_MARK, max(0, place - _LARGE_SIZE)):
            return Ending()
        _, disk, list_disk, here, entries, length, offset, _ = _END.unpack_from(kept, place)
        if disk or list_disk or here != entries:
            return Ending()
        return Ending(entries, self._listed(place, length, offset) if entries == 1 else None)

    def _listed(self, end: int, length: int, offset: int) -> Entry | None:
        start = end - length
        if start < 0 or self.size - len(self._kept) + start != offset:
            return None
        return entry_listed(bytes(self._kept[start:end]))
