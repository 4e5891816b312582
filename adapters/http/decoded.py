"""Base64 as it arrives, as the bytes it stands for."""

from __future__ import annotations

import io
from collections.abc import Iterator

import pybase64

from bus.errors import Rejected

_BLANK = b" \t\r\n"


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
