"""Who may come in at a door, found by what a call shows: a system id, a key that is itself the identity, or a certificate.

However many partners there are, a look-up takes one step and one comparison.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Iterable, Sequence

from bus.desk import Caller

_NOBODY: tuple[None, bytes] = (None, b"")


class Callers:
    """Everybody with an entry at one door, as it is at one moment. Of two that show the same, the first."""

    def __init__(self, callers: Iterable[Caller]) -> None:
        self._salt = secrets.token_bytes(32)
        self._named: dict[str, Caller] = {}
        self._keyed: dict[bytes, tuple[Caller, bytes]] = {}
        self._pinned: dict[str, Caller] = {}
        self._partners: dict[str, Caller] = {}
        for caller in callers:
            self._partners.setdefault(caller.partner, caller)
            if ident := getattr(caller.settings, "system_id", None):
                self._named.setdefault(ident, caller)
            for pin in _enough(caller):
                self._pinned.setdefault(pin, caller)
            for secret in caller.secrets:
                self._keyed.setdefault(self._digest(secret), (caller, secret))

    def named(self, ident: str) -> Caller | None:
        """Whose system id this is."""
        return self._named.get(ident)

    def partner(self, name: str) -> Caller | None:
        """The partner of that name."""
        return self._partners.get(name)

    def owner(self, key: bytes) -> Caller | None:
        """Whose key this is. It is looked up by a digest that nobody else can make, so no time tells how much of it is right."""
        caller, secret = self._keyed.get(self._digest(key), _NOBODY)
        return caller if hmac.compare_digest(secret, key) else None

    def pinned(self, pin: str) -> Caller | None:
        """Whom the certificate with this pin is enough for."""
        return self._pinned.get(pin)

    def _digest(self, key: bytes) -> bytes:
        return hmac.digest(self._salt, key, "sha256")


def _enough(caller: Caller) -> Sequence[str]:
    """The pins that are enough for a caller: those of an entry that names no secret, which is not one whose secret is lost."""
    entry = caller.settings
    named = getattr(entry, "secret", None) or getattr(entry, "key", None)
    return () if named else getattr(entry, "certificate", ())
