"""A document as sendEdoc wants it: the stored bytes and one CRLF after them, which is no part of the document."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import BinaryIO

from bus.message import Claim

CRLF = b"\r\n"


@dataclass(frozen=True, slots=True)
class Sent(Claim):
    """A body to be sent: ``sha256`` is of the document, ``size`` and the bytes are those on the wire."""

    def open(self) -> BinaryIO:
        """A fresh reader over the document and its CRLF; the document is not copied."""
        # By name: a dataclass with slots is made anew, which super() without arguments does not survive.
        return io.BufferedReader(_Followed(Claim.open(self), CRLF))


def sent(document: Claim) -> Sent:
    """What goes out for this document."""
    return Sent(document.sha256, document.size + len(CRLF), document.data, document.path)


class _Followed(io.RawIOBase):
    """One reader, then another few bytes."""

    def __init__(self, first: BinaryIO, last: bytes) -> None:
        super().__init__()
        self._first = first
        self._last = io.BytesIO(last)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        data = self._first.read(len(buffer)) or self._last.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        self._first.close()
        super().close()
