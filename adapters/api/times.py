"""Moments as callers write them, in the bus's microseconds."""

from __future__ import annotations

from datetime import UTC, datetime

from bus.clock import micros

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def to_micros(moment: datetime | None) -> int | None:
    """An aware moment as microseconds since 1970."""
    return None if moment is None else micros(moment - _EPOCH)
