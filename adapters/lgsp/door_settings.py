"""What a partner's entry under ``doors: {lgsp: ...}`` of routes.yaml holds."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from bus.endpoint_settings import DoorSettings, Duration
from bus.secret import SecretNames


class LgspDoor(DoorSettings):
    """One system that calls this door, by its id and key or by a token it got for them."""

    handover: ClassVar[tuple[str, str]] = (
        "Gửi mã hệ thống và khóa trong tiêu đề X-SystemId và X-SecretKey, hoặc lấy mã truy cập ở địa chỉ trên, thêm /token.",
        "Send id and secret as the headers X-SystemId and X-SecretKey, or get a token for them at the address above with /token.",
    )

    #: What comes as ``X-SystemId``, or as ``client_id`` when a token is asked for.
    system_id: Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[!-$&-9;-~]+$")]
    #: A file may hold the secret itself or ``sha256:`` and the hex digits of its SHA-256.
    secret: Annotated[SecretNames, Field(min_length=1)]
    #: For how long a token is good.
    token_life: Annotated[Duration, Field(ge=timedelta(minutes=1), le=timedelta(hours=24))] = timedelta(minutes=30)
    #: How getEdoc writes the document into its JSON. The province's guide does not say; base64, as the axis does,
    #: keeps the bytes whatever reads them.
    edxml: Literal["base64", "text"] = "base64"
