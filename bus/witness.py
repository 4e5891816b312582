"""What came of calls to partners: counted, and in the log."""

from __future__ import annotations

from bus import log
from bus.delivery import Told
from bus.journal.settle import Settlement
from bus.journal.states import State
from bus.journal.straight import Lease
from bus.metrics import Metrics

_log = log.get()


def witnessed(metrics: Metrics, lease: Lease, told: Told) -> None:
    """Count what a call came to, and how long it took."""
    for settlement in told.settlements:
        if settlement.made:
            metrics.delivered_by(lease.endpoint, settlement.outcome).inc()
            _tell(lease, settlement)
    if told.seconds is not None:
        metrics.called_in(lease.endpoint).observe(told.seconds)


def _tell(lease: Lease, settlement: Settlement) -> None:
    """In the log; what went well stands in the journal and is counted."""
    log_it = _log.debug if settlement.to == State.DELIVERED else _log.info
    log_it(
        "copy.settled",
        message=lease.event.id,
        endpoint=lease.endpoint,
        route=lease.copies[0].rule,
        copy=settlement.copy,
        outcome=settlement.outcome,
        state=settlement.to,
        failure=settlement.failure,
    )
