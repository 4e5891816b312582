"""Who may come in at a door, found by what a call shows: a system id, or a key that is itself the identity.

However many partners there are, a look-up takes one step and one comparison.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Iterable

from bus.desk import Caller

_NOBODY: tuple[None, bytes] = (None, b"")


class Callers:
    """Everybody with an entry at one door, as it is at one moment. Of two that show the same, the first."""

    def __init__(self, callers: Iterable[Caller]) -> None:
        self._salt = secrets.token_bytes(32)
        self._named: dict[str, Caller] = {}
        self._keyed: dict[bytes, tuple[Caller, bytes]] = {}
        for caller in callers:
            if ident := getattr(caller.settings, "system_id", None):
                self._named.setdefault(ident, caller)
            for secret in caller.secrets:
                self._keyed.setdefault(self._digest(secret), (caller, secret))

    def named(self, ident: str) -> Caller | None:
        """Whose system id this is."""
        return self._named.get(ident)

    def owner(self, key: bytes) -> Caller | None:
        """Whose key this is. It is looked up by a digest that nobody else can make, so no time tells how much of it is right."""
        caller, secret = self._keyed.get(self._digest(key), _NOBODY)
        return caller if hmac.compare_digest(secret, key) else None

    def _digest(self, key: bytes) -> bytes:
        return hmac.digest(self._salt, key, "sha256")
