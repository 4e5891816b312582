"""What people read: states in both languages, and times as a clock in Vietnam shows them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone
from types import MappingProxyType

VIETNAM = timezone(timedelta(hours=7))

STATES: Mapping[str, str] = MappingProxyType(
    {
        "queued": "chờ gửi",
        "sending": "đang gửi",
        "waiting": "chờ gửi lại",
        "offered": "chờ lấy",
        "held": "đang giữ",
        "in_doubt": "chưa rõ kết quả",
        "delivered": "đã giao",
        "dead": "không giao được",
        "cancelled": "đã hủy",
        "expired": "đã hết hạn",
    }
)


def state(name: str) -> str:
    """A state as both languages have it."""
    return f"{name} · {STATES[name]}" if name in STATES else name


def when(text: str | None) -> str:
    """An ISO instant as the time of day in Vietnam."""
    return datetime.fromisoformat(text).astimezone(VIETNAM).strftime("%Y-%m-%d %H:%M:%S") if text else ""


def age(text: str | None, now: datetime | None = None) -> str:
    """How long ago an ISO instant was, in the largest unit that fits."""
    if not text:
        return ""
    seconds = int(((now or datetime.now(UTC)) - datetime.fromisoformat(text)).total_seconds())
    for unit, length in (("d", 86400), ("h", 3600), ("m", 60)):
        if seconds >= length:
            return f"{seconds // length}{unit}"
    return f"{max(seconds, 0)}s"
