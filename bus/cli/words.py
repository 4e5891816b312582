"""What people read: states in both languages, and times as a clock in Vietnam shows them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone
from types import MappingProxyType

from bus.journal.states import IN_VIETNAMESE
from schemas.edxml.codes import STATUS_VI

VIETNAM = timezone(timedelta(hours=7))

STATES: Mapping[str, str] = IN_VIETNAMESE


def state(name: str) -> str:
    """A state as both languages have it."""
    return f"{name} · {STATES[name]}" if name in STATES else name


#: The standard's names are Vietnamese (``STATUS_VI``).
STATUSES: Mapping[str, str] = MappingProxyType(
    {
        "01": "arrived",
        "02": "refused",
        "03": "registered",
        "04": "assigned",
        "05": "in process",
        "06": "done",
        "13": "asked for back",
        "15": "agreed to the change or to give it back",
        "16": "declined the change or to give it back",
    }
)


def status(code: str) -> str:
    """A business status as both languages have it."""
    return f"{code} {STATUS_VI[code]} · {STATUSES[code]}" if code in STATUSES else f"{code} (defined nowhere)"


def when(text: str | None) -> str:
    """An ISO instant as the time of day in Vietnam."""
    return datetime.fromisoformat(text).astimezone(VIETNAM).strftime("%Y-%m-%d %H:%M:%S") if text else ""


def until(text: str | None) -> str:
    """A deadline as people say it: the day with which it ends, or a time of day."""
    shown = when(text)
    if not shown.endswith(" 00:00:00"):
        return shown
    return (datetime.fromisoformat(shown) - timedelta(days=1)).strftime("%Y-%m-%d")


def age(text: str | None, now: datetime | None = None) -> str:
    """How long ago an ISO instant was, in the largest unit that fits."""
    if not text:
        return ""
    seconds = int(((now or datetime.now(UTC)) - datetime.fromisoformat(text)).total_seconds())
    for unit, length in (("d", 86400), ("h", 3600), ("m", 60)):
        if seconds >= length:
            return f"{seconds // length}{unit}"
    return f"{max(seconds, 0)}s"
