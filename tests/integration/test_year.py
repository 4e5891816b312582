"""A reporting year of the province in short: some regimes for some months, played on a real bus. The whole of it is ``make year``."""

from __future__ import annotations

from datetime import date

from tests.year.__main__ import account
from tests.year.doors import Way
from tests.year.plan import Fate
from tests.year.play import play
from tests.year.scenarios import three_levels, two_levels


def test_three_levels_are_accounted_for() -> None:
    """Every obligation is there once, what is overdue is what never came, every version of the province's report is the one another
    count gives, and both systems have each packet once, as it was sent.
    """
    told = play(three_levels(("BC-MC", "BC-CCHC", "BC-GIA"), date(2024, 3, 31), ("MC-02", "CCHC-01", "GIA-01")))

    assert told.wrong == []
    assert set(told.fates) == set(Fate)
    assert set(told.ways) == set(Way)
    assert told.sent == told.received["province"] > 200
    assert told.released > 0 < told.overdue
    assert told.refused > 0 < told.returned
    assert told.asked > 0, "answers are lost, and nothing is sent twice"
    assert told.versions == told.received["government"] > 4
    assert account(told, 1).endswith("everything is accounted for\n\n")


def test_closed_codes_are_followed_by_who_took_their_place() -> None:
    """The last reports of the districts are due when their codes are closed: those who took their places report for them, once."""
    told = play(two_levels(("BC-NS",), date(2025, 7, 31)))

    assert told.wrong == []
    assert len({one.unit for one in told.duties if one.level == "commune"}) == 136 + 36
    assert told.sent == told.received["province"] < len(told.duties)
    assert told.versions == told.received["government"] > 1
