"""Access tokens: who asked for one and when, signed with the secret it was asked for with. Nothing of them is stored.

So a token outlives a restart and is good at every process of the bus, and ends at once when its secret does: when the
secret is rotated away, or its partner or the partner's entry at this door leaves the routes.
"""

from __future__ import annotations

import base64
import hmac
import re
from dataclasses import dataclass

from bus.clock import MICROS

_TOKEN = re.compile(r"([A-Za-z0-9_-]{2,400})\.([0-9a-f]{1,16})\.([0-9a-f]{64})")
#: What the signature is for, so that it is good for nothing else.
_PURPOSE = b"lgsp access token 1\n"
#: Microseconds by which the clock of another process of the bus may be ahead.
_AHEAD = 60 * MICROS


@dataclass(frozen=True, slots=True)
class Token:
    """What a token claims; nothing of it is true before :meth:`signed_by`."""

    system_id: str
    #: Journal microseconds.
    issued_at: int
    _signed: bytes
    _signature: str

    def signed_by(self, secret: bytes) -> bool:
        """Whether it was made with this secret."""
        return hmac.compare_digest(_signature(self._signed, secret), self._signature)

    def good(self, now: int, life: int) -> bool:
        """Whether its time, ``life`` microseconds, has not passed."""
        return self.issued_at - _AHEAD <= now < self.issued_at + life


def issue(system_id: str, now: int, secret: bytes) -> str:
    """A token for the system that showed this secret."""
    who = base64.urlsafe_b64encode(system_id.encode()).decode().rstrip("=")
    signed = f"{who}.{now:x}"
    return f"{signed}.{_signature(signed.encode(), secret)}"


def read(text: str) -> Token | None:
    """What a token claims; None for what is none."""
    if not (found := _TOKEN.fullmatch(text)):
        return None
    who, when, signature = found.groups()
    try:
        system_id = base64.urlsafe_b64decode(who + "=" * (-len(who) % 4)).decode()
    except ValueError:
        return None
    return Token(system_id, int(when, 16), f"{who}.{when}".encode(), signature)


def _signature(signed: bytes, secret: bytes) -> str:
    return hmac.new(secret, _PURPOSE + signed, "sha256").hexdigest()
