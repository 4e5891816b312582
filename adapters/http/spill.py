"""JSON read as it arrives, whose long texts go to disk: files in an answer are never in memory.

A short mark that nobody can guess stands in place of each long text; what is left is small, and read like any JSON.
"""

from __future__ import annotations

import io
import re
import secrets
import tempfile
from collections.abc import Iterator
from typing import BinaryIO

import pybase64

from bus.errors import Rejected

#: Bytes of a text that stays where it is, and of all that may.
_LONG, _MAX_REST = 16 << 10, 4 << 20
#: Whole groups of four, so that base64 can be decoded piece by piece.
_PIECE = 64 << 10
_STOP = re.compile(rb'"|\\(?:u[0-9a-fA-F]{4}|[^u])', re.DOTALL)
#: An escape whose end has not come yet.
_OPEN = re.compile(rb"\\(?:u[0-9a-fA-F]{0,3})?\Z")
_BLANK = b" \t\r\n"
_SIMPLE = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}


class Spill:
    """Takes an answer piece by piece. ``most``: bytes of long texts that are taken. Closed by who made it."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._file: BinaryIO = tempfile.TemporaryFile()  # noqa: SIM115 - closed with this
        self._mark = f"spilled:{secrets.token_hex(16)}:"
        self._spans: list[tuple[int, int]] = []
        self._rest = bytearray()
        #: The text under way, as it is written; None outside of texts.
        self._text: bytearray | None = None
        self._held = b""
        self._spilling = False

    def feed(self, piece: bytes) -> None:
        """Take the next bytes. Raises ``Rejected('body.too_large')``."""
        data, self._held = self._held + piece, b""
        while data:
            data = self._outside(data) if self._text is None else self._inside(data)

    def close(self) -> bytes:
        """That was all: what is left, with marks in it."""
        return bytes(self._rest)

    def discard(self) -> None:
        """Forget everything; may be called twice."""
        self._file.close()

    def whole(self) -> Iterator[bytes]:
        """The answer again: the same JSON, though a long text may be escaped in another way."""
        first, *others = self._rest.split(self._mark.encode())
        yield bytes(first)
        for other in others:
            number, quote, after = other.partition(b'"')
            for piece in self.pieces(self._mark + number.decode()):
                yield piece.replace(b"\\", b"\\\\").replace(b'"', b'\\"')
            yield bytes(quote + after)

    def pieces(self, text: str) -> Iterator[bytes]:
        """A text of the rest, in pieces of whole groups of four: from disk where it is a mark, else as it is."""
        span = self._span(text)
        if span is None:
            yield text.encode()
            return
        start, end = span
        while start < end:
            self._file.seek(start)
            piece = self._file.read(min(_PIECE, end - start))
            start += len(piece)
            yield piece

    def _outside(self, data: bytes) -> bytes:
        before, quote, after = data.partition(b'"')
        self._keep(before + quote)
        if quote:
            self._text, self._spilling = bytearray(), False
        return after

    def _inside(self, data: bytes) -> bytes:
        end = 0
        for stop in _STOP.finditer(data):
            self._take(data[end : stop.start()], stop[0] if stop[0] != b'"' else b"")
            end = stop.end()
            if stop[0] == b'"':
                self._finish()
                return data[end:]
        tail = data[end:]
        cut = held.start() if (held := _OPEN.search(tail)) else len(tail)
        self._take(tail[:cut], b"")
        self._held = tail[cut:]
        return b""

    def _take(self, plain: bytes, escape: bytes) -> None:
        assert self._text is not None
        self._text += plain
        self._text += _unescaped(escape) if self._spilling else escape
        if len(self._text) > _LONG:
            self._spill()

    def _spill(self) -> None:
        """What there is of the text goes to disk."""
        assert self._text is not None
        if not self._spilling:
            self._spilling = True
            place = self._file.seek(0, io.SEEK_END)
            self._spans.append((place, place))
            self._text = bytearray(_STOP.sub(lambda escape: _unescaped(escape[0]), bytes(self._text)))
        start, end = self._spans[-1]
        self._file.write(self._text)
        self._spans[-1] = (start, end + len(self._text))
        self._text.clear()
        if self._spans[-1][1] > self._most:
            raise Rejected("body.too_large", f"the files in the answer have more than {self._most} bytes")

    def _finish(self) -> None:
        assert self._text is not None
        if self._spilling:
            self._spill()
            self._keep(f'{self._mark}{len(self._spans) - 1}"'.encode())
        else:
            self._keep(bytes(self._text) + b'"')
        self._text = None

    def _keep(self, data: bytes) -> None:
        self._rest += data
        if len(self._rest) > _MAX_REST:
            raise Rejected("body.too_large", "the answer holds too much beside its files")

    def _span(self, text: str) -> tuple[int, int] | None:
        number = text.removeprefix(self._mark)
        return self._spans[int(number)] if number != text else None


class Decoded(io.RawIOBase):
    """Base64 text in pieces, as the bytes it stands for. Raises ``Rejected('edxml.bad_base64')`` where it is none."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        super().__init__()
        self._data = _decoded(pieces)
        self._left = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        while not self._left:
            piece = next(self._data, None)
            if piece is None:
                return 0
            self._left = piece
        taken = min(len(buffer), len(self._left))
        buffer[:taken], self._left = self._left[:taken], self._left[taken:]
        return taken


def _decoded(pieces: Iterator[bytes]) -> Iterator[bytes]:
    held, padded = b"", False
    for piece in pieces:
        letters = held + piece.translate(None, _BLANK)
        whole = len(letters) - len(letters) % 4
        held = letters[whole:]
        if whole:
            yield _bytes_of(letters[:whole], padded=padded)
            padded = letters[:whole].endswith(b"=")
    if held:
        raise Rejected("edxml.bad_base64", "a file in the answer is not base64")


def _bytes_of(letters: bytes, *, padded: bool) -> bytes:
    try:
        # What follows padding makes it wrong.
        return pybase64.b64decode(b"=" + letters if padded else letters, validate=True)
    except ValueError:
        raise Rejected("edxml.bad_base64", "a file in the answer is not base64") from None


def _unescaped(escape: bytes) -> bytes:
    if not escape.startswith(b"\\"):
        return escape
    if escape.startswith(b"\\u"):
        return chr(int(escape[2:].decode(), base=16)).encode("utf-8", "replace")
    return _SIMPLE.get(escape[1:], escape[1:])
