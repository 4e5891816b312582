"""Bytes with others put in among them, as one reader: nothing is copied, and it cannot seek."""

from __future__ import annotations

import io
from typing import BinaryIO


def spliced(reader: BinaryIO, at: int, data: bytes) -> BinaryIO:
    """A reader over what ``reader`` gives, with ``data`` from its byte ``at`` on. Closing it closes ``reader``."""
    return io.BufferedReader(_Spliced(reader, at, data))


class _Spliced(io.RawIOBase):
    def __init__(self, reader: BinaryIO, at: int, data: bytes) -> None:
        super().__init__()
        self._reader = reader
        self._before = at
        self._data = io.BytesIO(data)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        data = self._next(len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        self._reader.close()
        super().close()

    def _next(self, most: int) -> bytes:
        if self._before:
            data = self._reader.read(min(most, self._before))
            self._before -= len(data)
            return data
        return self._data.read(most) or self._reader.read(most)
