"""How software written for a platform finds out whether this door knows it."""

from __future__ import annotations

from adapters.http.kept import is_hashed
from adapters.lgsp.door_settings import LgspDoor
from bus.endpoint import Trial
from bus.endpoint_settings import DoorSettings


def trial(entry: DoorSettings, secret: bytes, _now: int) -> Trial | None:
    """The list of agencies, asked for. None where the bus has only the hash of the secret."""
    assert isinstance(entry, LgspDoor)
    if is_hashed(secret):
        return None
    headers = {"X-SystemId": entry.system_id, "X-SecretKey": secret.decode("latin-1")}
    return Trial("GET", "/v1/getAgenciesList", headers)
