"""Quantities as operators write them: ``30s``, ``15m``, ``7d``, ``50MB``, ``10/s``, ``20%``."""

from __future__ import annotations

import re
from datetime import timedelta

_SECONDS = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86400}
_BYTES = {"B": 1, "KB": 1 << 10, "MB": 1 << 20, "GB": 1 << 30}


def parse_duration(value: object) -> object:
    """``30s`` and the like as a timedelta; anything that is not text is left to the caller."""
    if not isinstance(value, str):
        return value
    match = re.fullmatch(r"(\d+(?:\.\d+)?)\s*(ms|s|m|h|d)", value.strip())
    if not match:
        msg = f"expected a duration such as 30s, 15m, 12h or 7d, got {value!r}"
        raise ValueError(msg)
    return timedelta(seconds=float(match[1]) * _SECONDS[match[2]])


def parse_size(value: object) -> object:
    """``50MB`` and the like in bytes (1 KB = 1,024 bytes)."""
    if not isinstance(value, str):
        return value
    match = re.fullmatch(r"(\d+)\s*(B|KB|MB|GB)", value.strip(), re.IGNORECASE)
    if not match:
        msg = f"expected a size such as 256KB, 50MB or 2GB, got {value!r}"
        raise ValueError(msg)
    return int(match[1]) * _BYTES[match[2].upper()]


def parse_rate(value: object) -> object:
    """``10/s``, ``300/m`` and the like in calls per second."""
    if not isinstance(value, str):
        return value
    match = re.fullmatch(r"(\d+(?:\.\d+)?)\s*/\s*(s|m|h)", value.strip())
    if not match or float(match[1]) == 0:
        msg = f"expected a rate such as 10/s or 300/m, got {value!r}"
        raise ValueError(msg)
    return float(match[1]) / _SECONDS[match[2]]


def parse_share(value: object) -> object:
    """``20%`` as 0.2."""
    if not isinstance(value, str):
        return value
    match = re.fullmatch(r"(\d+(?:\.\d+)?)\s*%", value.strip())
    if not match or float(match[1]) > 100:
        msg = f"expected a share such as 20%, got {value!r}"
        raise ValueError(msg)
    return float(match[1]) / 100
