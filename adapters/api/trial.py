"""How a partner finds out whether this door knows its key."""

from __future__ import annotations

from bus.endpoint import Trial
from bus.endpoint_settings import DoorSettings


def trial(_entry: DoorSettings, key: bytes, _now: int) -> Trial:
    """What waits for it: asked, and nothing fetched."""
    return Trial("GET", "/v1/mailbox?limit=1", {"X-Bus-Key": key.decode("latin-1")})
