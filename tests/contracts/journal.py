"""What every journal promises, whatever database is under it. A subclass offers ``journal``: fresh, started, its clock
a HandClock.
"""

from __future__ import annotations

from tests.contracts.journal_agencies import AgencyRules
from tests.contracts.journal_alerts import AlertRules, WatchedRules
from tests.contracts.journal_audit import AuditRules
from tests.contracts.journal_detour import DetourRules
from tests.contracts.journal_documents import DocumentRules
from tests.contracts.journal_edits import EditRules
from tests.contracts.journal_expectations import ExpectationRules
from tests.contracts.journal_groups import GroupRules
from tests.contracts.journal_holds import HoldRules
from tests.contracts.journal_identity import IdentityRules
from tests.contracts.journal_lanes import LaneRules, OrderRules
from tests.contracts.journal_leases import LeaseRules, SettlementRules
from tests.contracts.journal_mailbox import MailboxRules
from tests.contracts.journal_once import OnceRules
from tests.contracts.journal_operator import OperatorRules, TimeRules
from tests.contracts.journal_recall import RecallRules
from tests.contracts.journal_recovery import RecoveryRules
from tests.contracts.journal_replays import ReplayRules
from tests.contracts.journal_reports import ReportRules
from tests.contracts.journal_retention import RetentionRules
from tests.contracts.journal_search import SearchRules
from tests.contracts.journal_statuses import StatusRules
from tests.contracts.journal_straight import StraightRules
from tests.contracts.journal_sums import SumRules
from tests.contracts.journal_turns import TurnRules


class JournalContract(
    IdentityRules,
    LaneRules,
    OrderRules,
    LeaseRules,
    SettlementRules,
    StraightRules,
    RecallRules,
    DocumentRules,
    StatusRules,
    MailboxRules,
    OperatorRules,
    TimeRules,
    ReplayRules,
    RetentionRules,
    RecoveryRules,
    SearchRules,
    SumRules,
    TurnRules,
    OnceRules,
    AgencyRules,
    AuditRules,
    EditRules,
    AlertRules,
    ExpectationRules,
    ReportRules,
    WatchedRules,
    GroupRules,
    HoldRules,
    DetourRules,
):
    """All rules over one journal."""
