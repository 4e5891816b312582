"""Bodies made of others while they are sent: nothing is copied, and none is ever whole in memory."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import BinaryIO, Protocol

import pybase64

#: Bytes taken at a time; whole groups of three, so that base64 needs no padding inside.
_PIECE = 48 * 1024


class Body(Protocol):
    """Bytes that go out, as often as they are asked for."""

    @property
    def size(self) -> int:
        """How many there are."""
        ...

    def open(self) -> BinaryIO:
        """A fresh reader over them; the caller closes it."""
        ...


@dataclass(frozen=True, slots=True)
class Joined:
    """One after the other."""

    parts: tuple[bytes | Body, ...] = field(repr=False)

    @property
    def size(self) -> int:
        return sum(len(part) if isinstance(part, bytes) else part.size for part in self.parts)

    def open(self) -> BinaryIO:
        return reader(self._pieces())

    def _pieces(self) -> Iterator[bytes]:
        for part in self.parts:
            if isinstance(part, bytes):
                yield part
            else:
                yield from _pieces(part)


@dataclass(frozen=True, slots=True)
class Base64:
    """A body as base64 on one line."""

    of: Body

    @property
    def size(self) -> int:
        return (self.of.size + 2) // 3 * 4

    def open(self) -> BinaryIO:
        return reader(map(pybase64.b64encode, _pieces(self.of)))


@dataclass(frozen=True, slots=True)
class Changed:
    """A body each of whose bytes is written in another way; ``size`` is what that makes."""

    of: Body
    change: Callable[[bytes], bytes]
    size: int

    @classmethod
    def measured(cls, of: Body, change: Callable[[bytes], bytes]) -> Changed:
        """The same, read once to learn its size."""
        return cls(of, change, sum(len(change(piece)) for piece in _pieces(of)))

    def open(self) -> BinaryIO:
        return reader(map(self.change, _pieces(self.of)))


@dataclass(frozen=True, slots=True)
class Opened:
    """A body whose reader comes from elsewhere, and whose size is known."""

    size: int
    reader: Callable[[], BinaryIO]

    def open(self) -> BinaryIO:
        return self.reader()


def _pieces(body: Body) -> Iterator[bytes]:
    """The body's bytes, all but the last piece of the same size."""
    with body.open() as reader:
        while piece := _filled(reader):
            yield piece


def _filled(reader: BinaryIO) -> bytes:
    piece = reader.read(_PIECE)
    while 0 < len(piece) < _PIECE and (more := reader.read(_PIECE - len(piece))):
        piece += more
    return piece


def reader(pieces: Iterator[bytes]) -> BinaryIO:
    """A reader over pieces, which are asked for as it is read; closing it closes a generator."""
    return io.BufferedReader(_Flow(pieces))


class _Flow(io.RawIOBase):
    """A reader over pieces as they come."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        super().__init__()
        self._pieces = pieces
        self._rest = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        while not self._rest:
            piece = next(self._pieces, None)
            if piece is None:
                return 0
            self._rest = memoryview(piece)
        taken = min(len(buffer), len(self._rest))
        buffer[:taken] = self._rest[:taken]
        self._rest = self._rest[taken:]
        return taken

    def close(self) -> None:
        if close := getattr(self._pieces, "close", None):
            close()
        super().close()
