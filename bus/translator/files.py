"""The files of a message as bodies: out of memory where they come to little, else read out of the message each time.

Nothing is copied to the disk, so nothing has to be cleaned up; and a message is gone through once for all of its
files where they are read one after the other, as they are when they go out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import BinaryIO, Self

from bus.bodies import Body, Joined, Opened, reader
from schemas.edxml.archive.package import Package
from schemas.edxml.passing import passing
from schemas.edxml.unpack import Unpacked

#: Bytes that the files of one message may come to and still be kept in memory while it is sent.
IN_MEMORY = 1024 * 1024


class Small:
    """Sinks that keep files as long as these come to little together."""

    def __init__(self) -> None:
        self._files: list[list[bytes]] = []
        self._size = 0

    def next(self, _place: int) -> Self:
        """The sink of the file that comes now."""
        self._files.append([])
        return self

    def write(self, data: bytes) -> None:
        """The next bytes of that file."""
        self._size += len(data)
        if self._size <= IN_MEMORY:
            self._files[-1].append(data)
        else:
            self._files.clear()
            self._files.append([])

    def bodies(self) -> Sequence[Body] | None:
        """What was kept; None where it was too much."""
        if self._size > IN_MEMORY:
            return None
        return [Joined(tuple(pieces)) for pieces in self._files]


class Large:
    """The files of a message as they lie in it."""

    def __init__(self, message: Callable[[], BinaryIO]) -> None:
        self._message = message
        #: Readings that stand before the file with that place.
        self._parked: list[tuple[int, Iterator[bytes | None]]] = []

    def body(self, place: int, found: Unpacked) -> Body:
        """The file with that place, counted from 1, as it was found to be."""
        return Opened(found.size, lambda: reader(self._pieces(place, found.package)))

    def _pieces(self, place: int, package: Package | None) -> Iterator[bytes]:
        reading = self._before(place)
        packed = _one_file(reading)
        yield from package.passing(packed) if package else packed
        self._parked.append((place + 1, reading))

    def _before(self, place: int) -> Iterator[bytes | None]:
        """A reading that stands before that file: a parked one, or a new one."""
        at, reading = self._parked.pop() if self._parked else (1, passing(self._message))
        if at > place:
            at, reading = 1, passing(self._message)
        for _ in range(at, place):
            for _ in _one_file(reading):
                pass
        return reading


def _one_file(reading: Iterator[bytes | None]) -> Iterator[bytes]:
    """The rest of the file under way."""
    return iter(partial(next, reading), None)
