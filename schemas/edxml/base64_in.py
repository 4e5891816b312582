"""Decodes base64 that comes in pieces, keeps how long it was and its SHA-256, and may pass the bytes on."""

from __future__ import annotations

import binascii
import hashlib
from collections.abc import Callable

import pybase64

_XML_SPACE = b" \t\r\n"


class BadBase64(ValueError):
    """The text is not base64."""


class Base64Digest:
    """Line breaks and blanks are passed over wherever they stand; everything else must be as RFC 4648 has it."""

    def __init__(self, *takers: Callable[[bytes], object]) -> None:
        self.size = 0
        self._takers = takers
        self._hash = hashlib.sha256()
        self._rest = b""
        self._padded = False

    def feed(self, text: str) -> None:
        """Take the next characters. Raises :class:`BadBase64`."""
        letters = self._rest + _letters(text)
        cut = len(letters) - len(letters) % 4
        self._rest = letters[cut:]
        if letters and self._padded:
            raise BadBase64("something follows the padding")
        if cut:
            self._take(letters[:cut])

    def finish(self) -> str:
        """The SHA-256 in hex. Raises :class:`BadBase64` if the last group is not whole."""
        if self._rest:
            raise BadBase64("it ends inside a group of four")
        return self._hash.hexdigest()

    def _take(self, groups: bytes) -> None:
        try:
            data = pybase64.b64decode(groups, validate=True)
        except (binascii.Error, ValueError) as error:
            raise BadBase64(str(error)) from error
        self._padded = groups.endswith(b"=")
        self._hash.update(data)
        self.size += len(data)
        for take in self._takers:
            take(data)


def _letters(text: str) -> bytes:
    try:
        letters = text.encode("ascii")
    except UnicodeEncodeError as error:
        raise BadBase64("it holds a letter that is not ASCII") from error
    # Asking first is cheap, and most write it in one line.
    return letters.translate(None, _XML_SPACE) if any(map(letters.__contains__, _XML_SPACE)) else letters
