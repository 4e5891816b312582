"""What a partner's entry under ``doors: {api: ...}`` of routes.yaml holds."""

from __future__ import annotations

from typing import ClassVar

from bus.endpoint_settings import DoorSettings
from bus.secret import SecretNames


class ApiDoor(DoorSettings):
    """One partner that calls the native API: its key is its identity."""

    handover: ClassVar[tuple[str, str]] = (
        "Gửi khóa trong tiêu đề X-Bus-Key của mọi lời gọi. Tài liệu: địa chỉ trên, thêm /docs.",
        "Send the secret as the header X-Bus-Key of every call. Reference: the address above with /docs.",
    )

    key: SecretNames
