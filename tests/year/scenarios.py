"""The years that are played: three levels, and two levels with codes that were closed on the way."""

from __future__ import annotations

from datetime import date, timedelta

from tests.example import parsed
from tests.year.plan import Scenario

#: When districts and the communes of then were abolished; their codes are closed with that day.
CLOSING = date(2025, 7, 1)


def three_levels(
    regimes: tuple[str, ...] = (), until: date = date(2024, 12, 31), forms: tuple[str, ...] = ()
) -> Scenario:
    """21 departments, 9 districts and 136 communes."""
    return Scenario("three levels", date(2024, 1, 1), until, regimes=regimes, forms=forms)


def two_levels(regimes: tuple[str, ...] = (), until: date = date(2026, 5, 31)) -> Scenario:
    """From the last month of the districts on: their codes are closed, 36 new communes take all places."""
    return Scenario("two levels, closed codes", date(2025, 6, 1), until, CLOSING, _successors(), regimes)


def _successors() -> dict[str, str]:
    """Each closed code with a new commune that took its place."""
    owing = [one for regime in parsed().library for one in regime.units]
    closed = sorted({one.unit for one in owing if one.valid_to == CLOSING - timedelta(days=1)})
    fresh = sorted({one.unit for one in owing if one.valid_from == CLOSING})
    return {unit: fresh[number % len(fresh)] for number, unit in enumerate(closed)}
