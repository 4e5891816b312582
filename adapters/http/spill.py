"""JSON read as it arrives, whose long texts go to disk: files in an answer are never in memory.

A short mark that nobody can guess stands in place of each long text; what is left is small, and read like any JSON. A long
text that is JSON itself is read in the same way.
"""

from __future__ import annotations

import io
import re
import secrets
import tempfile
from collections.abc import Iterator
from typing import BinaryIO

import orjson

from bus.errors import Rejected

#: Bytes of a text that stays where it is, and of all that may.
_LONG, _MAX_REST = 16 << 10, 4 << 20
#: Bytes read from disk at a time.
_PIECE = 64 << 10
#: A letter beyond the first 65,536 is a pair of escapes.
_PAIR = rb"u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})"
_ESCAPE = re.compile(rb"\\(?:" + _PAIR + rb"|u([0-9a-fA-F]{4})|(.))", re.DOTALL)
#: The end of a text, or a pair that is none.
_STOP = re.compile(rb'"|\\.', re.DOTALL)
#: A text up to an escape, or a pair of them, that is not whole.
_HALF = rb"\\u[dD][89abAB][0-9a-fA-F]{2}"
_WHOLE = re.compile(
    rb"(?:[^\\]+|\\u(?![dD][89abAB])[0-9a-fA-F]{4}|" + _HALF + rb"(?:\\u[0-9a-fA-F]{4}|(?=[^\\]|\\[^u]))|\\[^u])*",
    re.DOTALL,
)
_SIMPLE = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}


class Spill:
    """Takes an answer piece by piece. ``most``: bytes of long texts that are taken; ``deep``: how often JSON may stand inside
    a long text. Closed by who made it.
    """

    def __init__(self, most: int, deep: int = 2) -> None:
        self._most = most
        self._deep = deep
        self._file: BinaryIO = tempfile.TemporaryFile()  # noqa: SIM115 - closed by discard
        self._mark = f"spilled:{secrets.token_hex(16)}:"
        self._spans: list[tuple[int, int]] = []
        self._rest = bytearray()
        #: The text under way, as it is written; None outside of texts.
        self._text: bytearray | None = None
        self._held = b""
        self._spilling = False
        #: By their numbers those long texts that are JSON.
        self._within: dict[int, Spill] = {}

    def feed(self, piece: bytes) -> None:
        """Take the next bytes. Raises ``Rejected('body.too_large')``."""
        data, self._held = self._held + piece, b""
        while data:
            data = self._outside(data) if self._text is None else self._inside(data)

    def close(self) -> bytes:
        """That was all: what is left, with marks in it."""
        rest = bytes(self._rest)
        for number, inner in self._within.items():
            rest = rest.replace(f'"{self._mark}{number}"'.encode(), orjson.dumps(inner.close().decode()))
        return rest

    def discard(self) -> None:
        """Forget everything; may be called twice."""
        for inner in self._within.values():
            inner.discard()
        self._file.close()

    def whole(self) -> Iterator[bytes]:
        """The answer again, as it came."""
        first, *others = self._rest.split(self._mark.encode())
        yield bytes(first)
        for other in others:
            number, quote, after = other.partition(b'"')
            yield from self._written(int(number))
            yield bytes(quote + after)

    def took(self, text: str) -> bool:
        """Whether a text of what is left is a mark."""
        return text.startswith(self._mark) or any(inner.took(text) for inner in self._within.values())

    def pieces(self, text: str) -> Iterator[bytes]:
        """A text of what is left, piece by piece: from disk where it is a mark, else as it is."""
        if text.startswith(self._mark):
            return self._read(int(text.removeprefix(self._mark)))
        inner = next((inner for inner in self._within.values() if inner.took(text)), None)
        return inner.pieces(text) if inner else iter([text.encode()])

    def _read(self, number: int) -> Iterator[bytes]:
        """A text on disk as it is meant, in pieces."""
        held = b""
        for piece in self._written(number):
            data = held + piece
            cut = len(data) if b"\\" not in data else _whole_escapes(data)
            yield _ESCAPE.sub(_unescaped, data[:cut])
            held = data[cut:]
        yield _ESCAPE.sub(_unescaped, held)

    def _written(self, number: int) -> Iterator[bytes]:
        """A text as it is on disk, in pieces."""
        start, end = self._spans[number]
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
            end = stop.end()
            if stop[0] == b'"':
                self._take(data[: stop.start()])
                self._finish()
                return data[end:]
        cut = len(data) - data[end:].endswith(b"\\")
        self._take(data[:cut])
        self._held = data[cut:]
        return b""

    def _take(self, data: bytes) -> None:
        assert self._text is not None
        self._text += data
        if len(self._text) > _LONG:
            self._spill()

    def _spill(self) -> None:
        """What there is of the text goes to disk."""
        assert self._text is not None
        if not self._spilling:
            self._spilling = True
            place = self._file.seek(0, io.SEEK_END)
            self._spans.append((place, place))
        start, end = self._spans[-1]
        if end + len(self._text) > self._most:
            raise Rejected("body.too_large", f"the files in the answer have more than {self._most} bytes")
        self._file.write(self._text)
        self._spans[-1] = (start, end + len(self._text))
        self._text.clear()

    def _finish(self) -> None:
        assert self._text is not None
        if self._spilling:
            self._spill()
            number = len(self._spans) - 1
            self._look_into(number)
            self._keep(f'{self._mark}{number}"'.encode())
        else:
            self._keep(bytes(self._text) + b'"')
        self._text = None

    def _look_into(self, number: int) -> None:
        """Read a long text as JSON, if it is some."""
        if not self._deep or not next(self._read(number)).lstrip().startswith((b"{", b"[")):
            return
        inner = Spill(self._most, self._deep - 1)
        try:
            for piece in self._read(number):
                inner.feed(piece)
            orjson.loads(inner.close())
        except (Rejected, ValueError):  # some text that begins like JSON
            inner.discard()
        else:
            self._within[number] = inner

    def _keep(self, data: bytes) -> None:
        self._rest += data
        if len(self._rest) > _MAX_REST:
            raise Rejected("body.too_large", "the answer holds too much beside its files")


def _whole_escapes(data: bytes) -> int:
    found = _WHOLE.match(data)
    return found.end() if found else 0


def _unescaped(escape: re.Match[bytes]) -> bytes:
    if escape[1]:
        return bytes.fromhex((escape[1] + escape[2]).decode()).decode("utf-16-be").encode()
    if escape[3]:
        return chr(int(escape[3].decode(), base=16)).encode("utf-8", "replace")
    return _SIMPLE.get(escape[4], escape[4])
