"""What a partner's entry under ``doors: {api: ...}`` of routes.yaml holds."""

from __future__ import annotations

from bus.endpoint import DoorSettings
from bus.secret import SecretNames


class ApiDoor(DoorSettings):
    """One partner that calls the native API: its key is its identity."""

    key: SecretNames
