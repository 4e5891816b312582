"""What every journal promises, whatever database is under it. A subclass offers ``database_url``."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bus.journal import Journal
from tests.contracts.journal_identity import IdentityRules
from tests.journals import opened


class JournalContract(IdentityRules):
    """All rules over one journal."""

    @pytest.fixture
    def journal(self, database_url: str) -> Iterator[Journal]:
        journal = opened(database_url)
        yield journal
        journal.close()
