"""The axis's spellings of time. All of them are Vietnamese local time, which has no summer time."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone

from bus.clock import MICROS, instant, micros

LOCAL = timezone(timedelta(hours=7))
_MOMENT = re.compile(r"(\d\d/\d\d/\d{4})(?: (\d\d:\d\d:\d\d))?", re.ASCII)
_STAMP = re.compile(r"(\d{8}T\d{6})\+(\d{4})", re.ASCII)


def shown(at: int) -> str:
    """Journal microseconds as ``dd/MM/yyyy HH:mm:ss``."""
    return instant(at).astimezone(LOCAL).strftime("%d/%m/%Y %H:%M:%S")


def stamp(at: int) -> str:
    """Journal microseconds as a ``timestamp`` to be signed."""
    return f"{instant(at).astimezone(LOCAL):%d%m%YT%H%M%S}+{at // 1000 % 1000:04}"


def parse_from(text: str) -> int:
    """The first microsecond of ``dd/MM/yyyy[ HH:mm:ss]``. Raises ValueError."""
    return _parse(text)[0]


def parse_to(text: str) -> int:
    """The last microsecond of that second, or of that day where no time is named. Raises ValueError."""
    start, length = _parse(text)
    return start + length - 1


def parse_stamp(text: str) -> int:
    """A signed ``timestamp``: ``ddMMyyyy'T'HHmmss+SSSS``, where SSSS is milliseconds. Raises ValueError."""
    match = _STAMP.fullmatch(text)
    if not match:
        raise ValueError(text)
    return _micros(match[1], "%d%m%YT%H%M%S") + int(match[2]) * 1000


def _parse(text: str) -> tuple[int, int]:
    match = _MOMENT.fullmatch(text)
    if not match:
        raise ValueError(text)
    length = MICROS if match[2] else micros(timedelta(days=1))
    return _micros(f"{match[1]} {match[2] or '00:00:00'}", "%d/%m/%Y %H:%M:%S"), length


def _micros(text: str, pattern: str) -> int:
    return int(datetime.strptime(text, pattern).replace(tzinfo=LOCAL).timestamp()) * MICROS
