"""Small bodies that were accepted a moment ago: a document that is delivered at once is not read back from the journal.

Only ever a saving: what is not here is in the journal, and what has lain here for a while is not used any more.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from bus.message import Claim

#: Bytes kept at the most, and seconds for which a body counts as just accepted.
_ROOM, _FRESH = 8 << 20, 30.0


class Shelf:
    """Claims with their bytes, by SHA-256; the oldest go first. Safe to use from many threads."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._kept: dict[str, tuple[float, Claim]] = {}
        self._bytes = 0

    def put(self, claim: Claim) -> None:
        """Keep a body that is in memory; another is left where it is."""
        if claim.data is None:
            return
        with self._lock:
            if self._kept.pop(claim.sha256, None) is None:
                self._bytes += claim.size
            self._kept[claim.sha256] = (self._monotonic(), claim)
            while self._bytes > _ROOM:
                _, oldest = self._kept.pop(next(iter(self._kept)))
                self._bytes -= oldest.size

    def get(self, sha256: str) -> Claim | None:
        """The claim, if its bytes are here still."""
        since, claim = self._kept.get(sha256, (0.0, None))
        return claim if claim and self._monotonic() - since < _FRESH else None
