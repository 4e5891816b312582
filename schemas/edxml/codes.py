"""The standard's code lists the bus acts on or shows to people."""

from __future__ import annotations

from enum import IntEnum, StrEnum
from types import MappingProxyType


class Business(StrEnum):
    """BussinessDocType: what an edoc does to the document it carries."""

    NEW = "new"
    RECALL = "recall"
    UPDATE = "update"
    REPLACE = "replace"


#: BussinessDocType as written.
BUSINESS = MappingProxyType(
    {"0": Business.NEW, "1": Business.RECALL, "2": Business.UPDATE, "3": Business.REPLACE},
)

BUSINESS_VI = MappingProxyType(
    {
        Business.NEW: "Văn bản điện tử mới",
        Business.RECALL: "Thu hồi văn bản điện tử",
        Business.UPDATE: "Cập nhật văn bản điện tử",
        Business.REPLACE: "Thay thế văn bản điện tử",
    },
)


class Priority(IntEnum):
    """OtherInfo/Priority."""

    NORMAL = 0
    URGENT = 1
    VERY_URGENT = 2
    EXPRESS = 3
    EXPRESS_TIMED = 4


class Steering(IntEnum):
    """SteeringType. One source counts from 1: nothing may be driven by this alone."""

    NONE = 0
    STEERS = 1
    REPORTS = 2


#: OtherInfo/Priority, from normal to most urgent.
PRIORITY_VI = ("Thường", "Khẩn", "Thượng khẩn", "Hỏa tốc", "Hỏa tốc hẹn giờ")

#: StatusCode with the standard's names. Codes 07 to 12 and 14 are defined nowhere: kept, never acted on.
STATUS_VI = MappingProxyType(
    {
        "01": "Đã đến",
        "02": "Từ chối tiếp nhận",
        "03": "Đã tiếp nhận",
        "04": "Phân công",
        "05": "Đang xử lý",
        "06": "Hoàn thành",
        "13": "Lấy lại",
        "15": "Đồng ý cập nhật/lấy lại",
        "16": "Từ chối cập nhật/lấy lại",
    },
)

#: The sender asks for its document back.
TAKE_BACK = "13"
