"""An archive read from its beginning as it passes: its first entry, and what stands behind that."""

from __future__ import annotations

from enum import Enum, auto

from schemas.edxml.archive.ending import Tail
from schemas.edxml.archive.entry import ENTRY_MARK, LIST_MARK, Entry, entry_before
from schemas.edxml.archive.flow import Allowance, Flow, flow_of

# An entry's sizes behind its bytes, with or without a mark of their own, in 4 or 8 bytes each (APPNOTE 4.3.9).
_SIZES_MARK, _UNMARKED, _MARKED = b"PK\x07\x08", (12, 20), (16, 24)
_BEHIND = _MARKED[-1] + len(LIST_MARK)


class Behind(Enum):
    """What stands behind the first entry."""

    LIST = auto()
    ENTRY = auto()
    UNKNOWN = auto()


class Walk:
    """Takes an archive's bytes; keeps its first description and its end."""

    def __init__(self, allowance: Allowance) -> None:
        self.tail = Tail()
        self.first: Entry | None = None
        self.flow: Flow | None = None
        self._allowance = allowance
        self._head = bytearray()
        self._behind = b""

    def feed(self, data: bytes) -> None:
        """The next bytes. Raises :class:`schemas.content.Invalid` if the message unpacks to too much."""
        self.tail.feed(data)
        if self.first is None:
            self._begin(data)
        else:
            self._follow(data)

    def behind(self) -> Behind:
        """What stands behind the first entry."""
        if self.first is None or self.flow is None or not self.flow.ended:
            return Behind.UNKNOWN
        places: tuple[int, ...] = (0,)
        if self.first.described_after:
            places = _MARKED if self._behind.startswith(_SIZES_MARK) else _UNMARKED
        marks = [self._behind[place : place + len(LIST_MARK)] for place in places]
        if ENTRY_MARK in marks:
            return Behind.ENTRY
        return Behind.LIST if LIST_MARK in marks else Behind.UNKNOWN

    def _begin(self, data: bytes) -> None:
        self._head += data
        self.first = entry_before(self._head)
        if self.first:
            self.flow = flow_of(self.first, self._allowance)
            self._follow(bytes(self._head[self.first.place :]))
            self._head.clear()

    def _follow(self, data: bytes) -> None:
        if self.flow is None:
            return
        rest = data if self.flow.ended else self.flow.feed(data)
        self._behind += rest[: _BEHIND - len(self._behind)]
