"""A document that comes as base64 inside a JSON envelope, read as it arrives: never whole in memory.

The envelope's own text is kept apart, with an empty ``data`` in it, to be judged like any other answer.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import pybase64

from bus.errors import Rejected

#: Bytes of envelope that are kept; a longer one is no envelope.
_MAX_REST = 64 << 10

# An inner quote of a JSON string has a backslash before it, so this finds nothing but a member's name.
_START = re.compile(rb'"data"\s*:\s*"')
_ESCAPE = re.compile(rb"\\(?:u([0-9a-fA-F]{4})|(.))", re.DOTALL)
_OPEN_ESCAPE = re.compile(rb"\\(?:u[0-9a-fA-F]{0,3})?\Z")
_SIMPLE = {b"/": b"/", b"n": b"", b"r": b"", b"t": b""}
_BLANK = b" \t\r\n"


class Unwrapping:
    """Takes the answer piece by piece and gives the document to ``write``."""

    def __init__(self, write: Callable[[bytes], None]) -> None:
        self._write = write
        self._rest = bytearray()
        self._held = b""
        self._take = self._before
        self._padded = False
        self._spoiled = False
        #: Bytes of the document so far.
        self.size = 0

    def feed(self, piece: bytes) -> None:
        """Take the next bytes. Raises whatever ``write`` raises."""
        self._take(piece)

    def close(self) -> bytes:
        """That was all: the envelope around the document, which is judged before what is in it."""
        self._spoiled = self._spoiled or bool(self._held and self._take == self._after)
        return bytes(self._rest)

    def check(self) -> None:
        """Raise Rejected where what came in a document's place is not base64."""
        if self._spoiled:
            raise Rejected("xml.malformed", "the document in the answer is not base64")

    def _before(self, piece: bytes) -> None:
        text = bytes(self._rest) + piece
        if start := _START.search(text):
            self._rest[:] = text[: start.end()]
            self._take = self._inside
            self._inside(text[start.end() :])
        else:
            self._keep(piece)

    def _inside(self, piece: bytes) -> None:
        text, end, after = piece.partition(b'"')
        self._decode(text)
        if end:
            self._take = self._after
            self._after(end + after)

    def _after(self, piece: bytes) -> None:
        self._keep(piece)

    def _keep(self, piece: bytes) -> None:
        self._rest += piece[: max(0, _MAX_REST - len(self._rest))]

    def _decode(self, text: bytes) -> None:
        """Decode what is whole of escapes and groups of four; the rest waits for the next piece."""
        if self._spoiled:
            return
        text = self._held + text
        cut = start.start() if (start := _OPEN_ESCAPE.search(text)) else len(text)
        letters = _plain(text[:cut])
        whole = len(letters) - len(letters) % 4
        self._held = letters[whole:] + text[cut:]
        if whole:
            self._give(letters[:whole])

    def _give(self, letters: bytes) -> None:
        data = b"" if self._padded else _decoded(letters)
        self._padded = letters.endswith(b"=")
        self._spoiled = not data
        self.size += len(data)
        self._write(data)


def _plain(text: bytes) -> bytes:
    """Base64 letters without JSON's escapes and without the line breaks some encoders put in."""
    return (_ESCAPE.sub(_unescaped, text) if b"\\" in text else text).translate(None, _BLANK)


def _unescaped(escape: re.Match[bytes]) -> bytes:
    if escape[1]:
        return chr(int(escape[1], 16)).encode("utf-8", "surrogatepass")
    return _SIMPLE.get(escape[2], b"\\")


def _decoded(letters: bytes) -> bytes:
    """The bytes of whole groups; none where they are not base64."""
    try:
        return pybase64.b64decode(letters, validate=True)
    except ValueError:
        return b""
