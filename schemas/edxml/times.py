"""Dates and times of the wire: ``yyyy/MM/dd`` and ``yyyy/MM/dd HH:mm:ss`` out, and what others write in.

Timestamps carry no zone and mean Vietnam's time, which has no summer time.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, timezone

_VIETNAM = timezone(timedelta(hours=7))

_DATE = (
    r"(?:(?P<year>\d{4})(?P<mark>[/-])(?P<month>\d\d?)(?P=mark)(?P<day>\d\d?)|(?P<d>\d\d?)/(?P<m>\d\d?)/(?P<y>\d{4}))"
)
_CLOCK = r"(?P<clock>\d\d?:\d\d:\d\d)(?:\.\d+)?"
_ZONE = r"(?P<zone>Z|[+-]\d\d:?\d\d)"
_WRITTEN = re.compile(rf"{_DATE}(?:[ T]{_CLOCK}{_ZONE}?)?", re.ASCII)


def read_day(text: str) -> date | None:
    """The date in any form that was seen, a time of day after it or not; ``None`` if it is none."""
    found = _WRITTEN.fullmatch(text)
    moment = _moment(found) if found else None
    return moment.date() if moment else None


def read_moment(text: str) -> datetime | None:
    """The moment in Vietnam's time; ``None`` if it is none, or has no time of day."""
    found = _WRITTEN.fullmatch(text)
    return _moment(found) if found and found["clock"] else None


def day_text(day: date) -> str:
    """The date as the standard has it."""
    return f"{day.year:04}/{day.month:02}/{day.day:02}"


def moment_text(moment: datetime) -> str:
    """The moment as the standard has it."""
    return f"{day_text(moment)} {moment:%H:%M:%S}"


def vietnamese(moment: datetime) -> datetime:
    """The moment as it is written: an aware one in Vietnam's time, all of them without zone or parts of a second."""
    local = moment.astimezone(_VIETNAM) if moment.tzinfo else moment
    return local.replace(tzinfo=None, microsecond=0, fold=0)


def _moment(found: re.Match[str]) -> datetime | None:
    year, month, day = (found[long] or found[short] for long, short in (("year", "y"), ("month", "m"), ("day", "d")))
    hour, minute, second = (found["clock"] or "0:0:0").split(":")
    try:
        moment = datetime(int(year), int(month), int(day), int(hour), int(minute), int(second), tzinfo=_zone(found))
        return vietnamese(moment)
    except (ValueError, OverflowError):
        return None


def _zone(found: re.Match[str]) -> timezone:
    zone = found["zone"]
    if not zone:
        return _VIETNAM
    if zone == "Z":
        return UTC
    away = timedelta(hours=int(zone[1:3]), minutes=int(zone[-2:]))
    return timezone(-away if zone[0] == "-" else away)
