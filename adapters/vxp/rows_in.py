"""A list that comes as JSON, read as it arrives: the rows are taken off piece by piece, what is left is the envelope.

A national list is 20 MB of text and ten times that as objects; here only one piece of it is objects at a time.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Generic, TypeVar

import orjson

Row = TypeVar("Row")

#: Bytes that are gathered before rows are taken off them.
_PIECE = 256 << 10
#: Bytes within which the list begins; where it begins later it is read whole.
_HEAD = 64 << 10
#: Ends of rows that are tried in one piece: one inside a text or a row is not where to cut.
_TRIES = 8

# An inner quote of a JSON string has a backslash before it, so this finds nothing but a member's name.
_START = re.compile(rb'"data"\s*:\s*\[')


class RowsIn(Generic[Row]):
    """Takes the answer piece by piece and keeps what ``read`` makes of each item; None is an item that is no row."""

    def __init__(self, read: Callable[[Mapping[str, object]], Row | None], piece: int = _PIECE) -> None:
        self._read = read
        self._piece = piece
        self._head = b""
        self._rest = bytearray()
        self._wanted = piece
        self.rows: list[Row] = []
        #: Items that were no rows at all.
        self.unreadable = 0

    def feed(self, piece: bytes) -> None:
        """Take the next bytes."""
        self._rest += piece
        if len(self._rest) >= self._wanted:
            self._cut()
            # Twice what could not be taken off: what never can be is not looked at for ever.
            self._wanted = 2 * len(self._rest) + self._piece

    def close(self) -> bytes:
        """That was all: the envelope with the last rows in it, to be judged and then given to :meth:`take`."""
        return self._head + bytes(self._rest)

    def take(self, items: list[object]) -> None:
        """Keep what can be read of these items."""
        for item in items:
            row = self._read(item) if isinstance(item, dict) else None
            if row is None:
                self.unreadable += 1
            else:
                self.rows.append(row)

    def _cut(self) -> None:
        """Take off what is whole: everything up to the last end of a row before which all can be read."""
        if not self._head and not self._begin():
            return
        end = len(self._rest)
        for _ in range(_TRIES):
            end = self._rest.rfind(b"},", 0, end)
            if end < 0 or self._take_to(end + 1):
                return

    def _begin(self) -> bool:
        start = _START.search(self._rest, 0, _HEAD)
        if start is None:
            return False
        self._head = bytes(self._rest[: start.end()])
        del self._rest[: start.end()]
        return True

    def _take_to(self, end: int) -> bool:
        try:
            items = orjson.loads(b"[" + self._rest[:end] + b"]")
        except orjson.JSONDecodeError:
            return False
        self.take(items)
        del self._rest[: end + 1]
        return True
