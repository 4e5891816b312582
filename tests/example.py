"""The regimes of a province that the documentation shows (``docs/regimes.yaml``), as they are read."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from bus.config.regimes import RegimesFile, parse_regimes

REGIMES = Path(__file__).parents[1] / "docs" / "regimes.yaml"


@cache
def parsed() -> RegimesFile:
    """The whole file, read once by a process of tests."""
    return parse_regimes(REGIMES.read_text(encoding="utf-8"), REGIMES.name)
