"""What the journal knows of reports when somebody has a word on one."""

from __future__ import annotations

from bus.journal import Journal
from bus.journal.report_reads import units
from tests.adapters.packets import report, word
from tests.journals import accept, to

FINANCE, HEALTH = "000.00.07.H62", "000.00.08.H62"


class ReportRules:
    """Whose report it is."""

    def test_whose_report_of_a_version_went_where(self, journal: Journal) -> None:
        """By its id, its version and the endpoint; words on it count for nothing, and of several units each is told."""
        accept(journal, report("R", FINANCE), to(endpoint="tinh"))
        accept(journal, report("S", HEALTH), to(endpoint="chinh-phu"))
        accept(journal, word("S"), to(endpoint="tinh"))
        assert units(journal.store, "tinh", "R", 1) == [FINANCE]
        assert [units(journal.store, *asked) for asked in (("tinh", "R", 2), ("tinh", "S", 1), ("axis", "R", 1))] == [
            [],
            [],
            [],
        ]
        accept(journal, report("R", HEALTH), to(endpoint="tinh"))
        assert units(journal.store, "tinh", "R", 1) == [FINANCE, HEALTH]
