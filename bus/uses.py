"""Which of a partner's secrets is still in use: noted once a minute, so that an old one can be dropped safely."""

from __future__ import annotations

import hmac
from collections.abc import Callable, Sequence
from contextlib import suppress

from bus.clock import Clock
from bus.errors import Busy, SecretMissing
from bus.journal.notes import Use
from bus.secret import Secrets

#: Seconds in which one use of a secret stands for all.
_EVERY = 60.0


class Uses:
    """Tells ``note`` of a secret's use. Called in the listener's loop."""

    def __init__(self, secrets: Secrets, clock: Clock, note: Callable[[Use], object]) -> None:
        self._secrets = secrets
        self._clock = clock
        self._note = note
        self._noted: dict[tuple[str, str, bytes], float] = {}

    def opened(self, partner: str, door: str, names: Sequence[str], secret: bytes) -> None:
        """A secret opened a door; ``names`` are those the partner has there."""
        now, key = self._clock.monotonic(), (partner, door, secret)
        if now - self._noted.get(key, -_EVERY) < _EVERY:
            return
        self._noted[key] = now
        for name in names:
            with suppress(SecretMissing, Busy):
                if hmac.compare_digest(self._secrets.value(name), secret):
                    self._note(Use(partner, door, name))
