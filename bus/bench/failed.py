"""What ends a measurement."""

from __future__ import annotations

from bus.errors import BusError


class BenchFailed(BusError):
    """Nothing can be measured like this; the text says why and what to do."""
