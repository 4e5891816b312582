"""What of the bus itself is not in order, as people are told it: which part of it, and how that is, in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Trouble:
    """One thing that is not in order. ``part`` stays the same however its words change."""

    part: str
    vi: str
    en: str


NO_CONSUMER = Trouble("tickets", "luồng nhận phiếu gửi đã dừng", "the consumer of tickets has ended")
NO_BROKER = Trouble("broker", "không kết nối được tới máy chủ hàng đợi", "the broker cannot be reached")

#: What the journal's health says of its database.
JOURNAL_VI: Mapping[str, str] = MappingProxyType(
    {
        "": "",
        "its disk is full": "đĩa của nó đã đầy",
        "its disk fails": "đĩa của nó bị lỗi",
        "its disk is read-only": "đĩa của nó chỉ cho đọc",
        "its file cannot be opened": "không mở được tệp của nó",
        "another program has it locked": "chương trình khác đang khóa nó",
        "its connection was lost": "mất kết nối tới nó",
        "its server has no resources left": "máy chủ của nó hết tài nguyên",
        "its server is stopping or starting": "máy chủ của nó đang dừng hoặc đang khởi động",
        "its server is read-only": "máy chủ của nó chỉ cho đọc",
        "its server cannot be reached": "không kết nối được tới máy chủ của nó",
    }
)


def of_state(state: str) -> Trouble:
    """The bus is starting or stopping."""
    return Trouble("bus", "trục đang khởi động hoặc đang dừng", f"the bus is {state}")


def of_room(problem: str) -> Trouble:
    """Nothing more can be taken in."""
    return Trouble("room", "đĩa của trục gần đầy, trục không nhận thêm văn bản", problem)


def of_journal(reason: str) -> Trouble:
    """The journal cannot be written. ``reason``: what is wrong with its database, where that is known."""
    vi, en = "không ghi được vào sổ của trục", "the journal cannot be written"
    return (
        Trouble("journal", f"{vi}: {JOURNAL_VI[reason]}", f"{en}: {reason}") if reason else Trouble("journal", vi, en)
    )
