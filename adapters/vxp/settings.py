"""What a partner's entry under ``doors: {vxp: ...}`` of routes.yaml holds."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from bus.endpoint_settings import DoorSettings, Duration
from bus.secret import SecretNames

Skew = Literal["any"] | Duration


class VxpDoor(DoorSettings):
    """One system that calls this door with the axis's SDK."""

    handover: ClassVar[tuple[str, str]] = (
        "Trong cấu hình SDK của Trục: service.endpoint là địa chỉ trên, systemid là mã hệ thống, secret là khóa.",
        "In the configuration of the axis's SDK: service.endpoint is the address above, systemid the id, secret the secret.",
    )

    #: What the SDK's ``systemid`` property holds.
    system_id: Annotated[str, Field(min_length=1, max_length=64)]
    secret: SecretNames
    #: How far a signed timestamp may be from our clock. The SDK keeps one timestamp as long as its
    #: service object lives, so anything but ``any`` shuts out software that keeps that object.
    skew: Skew = "any"
