"""Moments as callers write them, in the bus's microseconds."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Annotated

from pydantic import AwareDatetime, BeforeValidator, Field

from bus.clock import micros

VIETNAM = timezone(timedelta(hours=7))
_WRITTEN = re.compile(r"\d{4}-\d\d-\d\d([Tt ]\d\d:\d\d.*)?", re.ASCII)


def _written_out(value: object) -> object:
    """Not a number: whether of seconds or of milliseconds, and since when, would be a guess."""
    if value is not None and not (isinstance(value, str) and _WRITTEN.fullmatch(value)):
        raise ValueError("expected ISO 8601")
    return value


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
Aware = Annotated[AwareDatetime, BeforeValidator(_written_out)]
Day = Annotated[date, BeforeValidator(_written_out)]
#: What is kept and shown again: no calendar's end is near.
Moment = Annotated[Aware, Field(ge=_EPOCH, lt=datetime(2200, 1, 1, tzinfo=UTC))]


def to_micros(moment: datetime | None) -> int | None:
    """An aware moment as microseconds since 1970."""
    return None if moment is None else micros(moment - _EPOCH)
