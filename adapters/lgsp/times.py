"""Days and moments as the province's guide spells them: year first, with slashes, in Vietnam's time."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone

from bus.clock import MICROS, instant, micros

LOCAL = timezone(timedelta(hours=7))
_DAY = re.compile(r"\d{4}/\d\d/\d\d", re.ASCII)
_LONG = micros(timedelta(days=1))


def shown(at: int) -> str:
    """Journal microseconds as ``YYYY/MM/DD HH:MM:SS``."""
    return instant(at).astimezone(LOCAL).strftime("%Y/%m/%d %H:%M:%S")


def day(at: int) -> str:
    """The day of journal microseconds as ``YYYY/MM/DD``."""
    return shown(at)[:10]


def first_of(text: str) -> int:
    """The first microsecond of a day. Raises ValueError."""
    if not _DAY.fullmatch(text):
        raise ValueError(text)
    return int(datetime.strptime(text, "%Y/%m/%d").replace(tzinfo=LOCAL).timestamp()) * MICROS


def last_of(text: str) -> int:
    """The last microsecond of a day. Raises ValueError."""
    return first_of(text) + _LONG - 1
