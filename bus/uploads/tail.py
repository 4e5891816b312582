"""The end of an upload's bytes, where the next ones go."""

from __future__ import annotations

import os
from pathlib import Path

from bus.errors import Rejected


class Tail:
    """Open for one piece, from ``offset`` to at most ``length``. What lies beyond ``offset`` was never promised, and goes."""

    def __init__(self, path: Path, offset: int, length: int) -> None:
        self.offset = offset
        self.portion = bytearray()
        self._length = length
        self._file = os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+b")
        if self._file.seek(0, os.SEEK_END) < offset:
            self._file.close()
            raise Rejected("not_found", "its bytes are gone")
        self._file.truncate(offset)
        self._file.seek(offset)

    def add(self, chunk: bytes) -> None:
        """Hold the next bytes. Raises ``Rejected('body.too_large')``."""
        if self.offset + len(self.portion) + len(chunk) > self._length:
            raise Rejected("body.too_large", f"more than the {self._length} bytes that were announced")
        self.portion += chunk

    def write(self) -> None:
        """Write what is held. Raises OSError."""
        self._file.write(self.portion)
        self.offset += len(self.portion)
        self.portion.clear()

    def sync(self) -> None:
        """Have on disk what was written. Raises OSError."""
        self._file.flush()
        os.fsync(self._file.fileno())

    def close(self) -> None:
        """No more comes."""
        self._file.close()
