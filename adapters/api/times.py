"""Moments as callers write them, in the bus's microseconds."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Annotated

from pydantic import AwareDatetime, Field

from bus.clock import micros

VIETNAM = timezone(timedelta(hours=7))
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
#: What is kept and shown again: no calendar's end is near.
Moment = Annotated[AwareDatetime, Field(ge=_EPOCH, lt=datetime(2200, 1, 1, tzinfo=UTC))]


def to_micros(moment: datetime | None) -> int | None:
    """An aware moment as microseconds since 1970."""
    return None if moment is None else micros(moment - _EPOCH)
