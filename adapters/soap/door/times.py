"""Days and instants as XML Schema spells them; a day is one of Vietnam's."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone

from bus.clock import MICROS, instant, micros

_VIETNAM = timezone(timedelta(hours=7))
# Some libraries write every date with the zone of their machine; a day stays that day.
_DAY = re.compile(r"(\d{4}-\d\d-\d\d)(?:Z|[+-]\d\d:\d\d)?", re.ASCII)
_LONG = micros(timedelta(days=1))


def moment(at: int) -> str:
    """Journal microseconds as ``xsd:dateTime``, in Vietnam's time to the millisecond."""
    return instant(at).astimezone(_VIETNAM).isoformat(timespec="milliseconds")


def first_of(text: str) -> int:
    """The first microsecond of an ``xsd:date``. Raises ValueError."""
    if not (found := _DAY.fullmatch(text)):
        raise ValueError(text)
    return int(datetime.strptime(found[1], "%Y-%m-%d").replace(tzinfo=_VIETNAM).timestamp()) * MICROS


def last_of(text: str) -> int:
    """The last microsecond of an ``xsd:date``. Raises ValueError."""
    return first_of(text) + _LONG - 1
