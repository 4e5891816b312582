"""Endpoint and door models as adapters bring them, and a short way to parse with them."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from bus.config import RoutesFile, parse
from bus.endpoint_settings import DoorSettings, Duration, EndpointSettings, SourceSettings
from bus.secret import SecretName, SecretNames

DATA = Path(__file__).parents[1] / "data" / "routes"


class Tls(DoorSettings):
    ca_file: str | None = None


class RestSettings(EndpointSettings):
    kind: Literal["rest"]
    url: str
    key: SecretName | None = None
    tls: Tls | None = None


class AxisSettings(EndpointSettings):
    kind: Literal["vxp"]
    url: str
    system_id: str
    secret: SecretNames
    poll: Duration
    mode: Literal["observe", "live"] = "observe"


class PolledSettings(SourceSettings):
    kind: Literal["polled"]
    url: str


class VxpDoor(DoorSettings):
    system_id: str
    secret: SecretNames
    skew: Literal["any"] | Duration = "any"


class ApiDoor(DoorSettings):
    key: SecretNames


ENDPOINTS: dict[str, type[EndpointSettings]] = {"rest": RestSettings, "vxp": AxisSettings, "polled": PolledSettings}
DOORS: dict[str, type[DoorSettings]] = {"vxp": VxpDoor, "api": ApiDoor}


def routes_of(text: str) -> RoutesFile:
    """The routes of a text, or RoutesInvalid."""
    return parse(text, "routes.yaml", ENDPOINTS, DOORS)
