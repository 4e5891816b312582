"""What every journal promises, whatever database is under it. A subclass offers ``database_url``."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bus.journal import Journal
from tests.contracts.journal_identity import IdentityRules
from tests.contracts.journal_lanes import LaneRules, LeaseRules, OrderRules, SettlementRules
from tests.contracts.journal_mailbox import MailboxRules, OperatorRules, TimeRules
from tests.contracts.journal_recall import RecallRules
from tests.contracts.journal_retention import RetentionRules
from tests.journals import opened


class JournalContract(
    IdentityRules,
    LaneRules,
    LeaseRules,
    SettlementRules,
    OrderRules,
    RecallRules,
    MailboxRules,
    OperatorRules,
    TimeRules,
    RetentionRules,
):
    """All rules over one journal."""

    @pytest.fixture
    def journal(self, database_url: str) -> Iterator[Journal]:
        journal = opened(database_url)
        yield journal
        journal.close()
