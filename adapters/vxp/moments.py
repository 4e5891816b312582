"""Moments as answers of the axis spell them. No spelling is certain, so what fits none is None, never an error."""

from __future__ import annotations

import re
from datetime import datetime

from adapters.vxp.times import LOCAL
from bus.clock import micros

_PATTERNS = ("%d/%m/%Y %H:%M:%S", "%Y/%m/%d %H:%M:%S", "%Y-%m-%d %H:%M:%S", "%d/%m/%Y", "%Y/%m/%d")
_EPOCH = re.compile(r"(\d{10})(\d{3})?", re.ASCII)


def moment(text: str) -> int | None:
    """Journal microseconds: day first, year first, ISO 8601, or seconds or milliseconds since 1970."""
    if epoch := _EPOCH.fullmatch(text):
        return int(epoch[1]) * 1_000_000 + int(epoch[2] or 0) * 1000
    found = next(filter(None, (_parsed(text, pattern) for pattern in _PATTERNS)), None) or _iso(text)
    return micros((found if found.tzinfo else found.replace(tzinfo=LOCAL)).timestamp()) if found else None


def _parsed(text: str, pattern: str) -> datetime | None:
    try:
        return datetime.strptime(text, pattern).replace(tzinfo=LOCAL)
    except ValueError:
        return None


def _iso(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None
