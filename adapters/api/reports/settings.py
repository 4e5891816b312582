"""What a partner's entry under ``doors: {reports: ...}`` of routes.yaml holds."""

from __future__ import annotations

from typing import ClassVar

from bus.endpoint_settings import DoorSettings
from bus.secret import SecretNames

DOOR = "reports"


class ReportsDoor(DoorSettings):
    """One partner that sends reports: its key is its identity."""

    handover: ClassVar[tuple[str, str]] = (
        "Gửi khóa trong tiêu đề X-Bus-Key của mọi lời gọi. Tài liệu: địa chỉ trên, thêm /docs. Thử trước khi gửi: ?check=only.",
        "Send the secret as the header X-Bus-Key of every call. Reference: the address above with /docs. To try first: ?check=only.",
    )

    key: SecretNames
