"""Which of a partner's secrets is still in use: noted once a minute, so that an old one can be dropped safely."""

from __future__ import annotations

import hmac
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress

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
        self._tried = Counter[str]()
        self._noted: dict[tuple[str, str, bytes], float] = {}

    @contextmanager
    def quiet(self, partner: str) -> Iterator[None]:
        """What opens this partner's doors meanwhile is not noted: it is us who try them."""
        self._tried[partner] += 1
        try:
            yield
        finally:
            self._tried[partner] -= 1

    def opened(self, partner: str, door: str, names: Sequence[str], secret: bytes) -> None:
        """A secret opened a door; ``names`` are those the partner has there."""
        now, key = self._clock.monotonic(), (partner, door, secret)
        if self._tried[partner] or now - self._noted.get(key, -_EVERY) < _EVERY:
            return
        self._noted[key] = now
        for name in names:
            with suppress(SecretMissing, Busy):
                if hmac.compare_digest(self._secrets.value(name), secret):
                    self._note(Use(partner, door, name))
