"""The metrics as they are told, with what waits and what is owed as it is at that moment."""

from __future__ import annotations

from dataclasses import dataclass

from bus.clock import Clock
from bus.journal.browse import Browse
from bus.journal.expectation_reads import ExpectationReads
from bus.metrics import Metrics
from bus.plan import Plan, PlanHolder


@dataclass(frozen=True, slots=True)
class Exposition:
    """Asks the journal each time it is asked."""

    metrics: Metrics
    browse: Browse
    expected: ExpectationReads
    holder: PlanHolder
    clock: Clock

    def text(self) -> bytes:
        """In the text format of Prometheus."""
        now, plan = self.clock.now(), self.holder.plan
        self.metrics.waiting_now(self.browse.waiting(), now)
        self.metrics.unfetched_now(self._unfetched(plan), now)
        self.metrics.expected_now(self._expected(plan, now))
        return self.metrics.text()

    def _expected(self, plan: Plan, now: int) -> list[tuple[str, int, int]]:
        """Of each rule in force: how much is owed, and how much of that is overdue."""
        counted = {rule: (owed, overdue) for rule, owed, overdue, _ in self.expected.count(now)}
        return [(one.name, *counted.get(one.name, (0, 0))) for one in plan.routes.expectations]

    def _unfetched(self, plan: Plan) -> dict[str, int]:
        """By partner, accepted-at of its oldest copy that was never fetched."""
        oldest: dict[str, int] = {}
        for recipient, at in self.browse.unfetched().items():
            partner = plan.directory.partner_of(recipient) or recipient
            oldest[partner] = min(at, oldest.get(partner, at))
        return oldest
