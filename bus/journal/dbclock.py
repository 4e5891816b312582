"""The database's clock, which all daemons on one PostgreSQL share (semantics 13)."""

from __future__ import annotations

import threading
import time

from sqlalchemy import text

from bus.clock import MICROS
from bus.errors import JournalDown
from bus.journal.store import Store

#: Seconds for which one look at the database's clock is trusted; in between the monotonic clock carries it on.
_TRUSTED = 30.0
_NOW = text("SELECT (EXTRACT(EPOCH FROM clock_timestamp()) * 1000000)::bigint")


class DatabaseClock:
    """A :class:`bus.clock.Clock`. Where the database cannot be asked the last look is carried on."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._looked_at = float("-inf")
        self._ahead = 0
        self.now()

    def now(self) -> int:
        """Microseconds since 1970 as the database counts them."""
        steady = self.monotonic()
        with self._lock:
            if steady - self._looked_at >= _TRUSTED:
                self._looked_at = steady
                self._ahead = self._look(self._ahead)
            return int(steady * MICROS) + self._ahead

    def monotonic(self) -> float:
        """This process's own steady clock."""
        return time.monotonic()

    def _look(self, before: int) -> int:
        """How far the database's clock is ahead of the steady one; as before where it does not answer."""
        try:
            with self._store.reading() as connection:
                return int(connection.execute(_NOW).scalar_one()) - int(self.monotonic() * MICROS)
        except JournalDown:
            if not before:
                raise
            return before
