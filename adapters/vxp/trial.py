"""How software that uses the axis's SDK finds out whether this door knows it."""

from __future__ import annotations

from adapters.vxp import times
from adapters.vxp.settings import VxpDoor
from adapters.vxp.signing import sign
from bus.endpoint import Trial
from bus.endpoint_settings import DoorSettings


def trial(entry: DoorSettings, secret: bytes, now: int) -> Trial:
    """How many documents wait for it: asked, and none fetched."""
    assert isinstance(entry, VxpDoor)
    logical = {"timestamp": times.stamp(now), "systemid": entry.system_id, "Content-Type": "application/json"}
    return Trial("POST", "/countReceiveEdoc", sign(logical, secret))
