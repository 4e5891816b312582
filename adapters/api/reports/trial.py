"""How a partner finds out whether this door knows its key."""

from __future__ import annotations

from bus.endpoint import Trial
from bus.endpoint_settings import DoorSettings


def trial(_entry: DoorSettings, key: bytes, _now: int) -> Trial:
    """What it owes: asked, and nothing sent."""
    return Trial("GET", "/v1/obligations?limit=1", {"X-Bus-Key": key.decode("latin-1")})
