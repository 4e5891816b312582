"""The question about what was to arrive by now and has not."""

from __future__ import annotations

from bus.alerts.found import Asked, Found
from bus.config.alerts import Overdue
from bus.journal.expectation_reads import ExpectationReads


class OfExpectations:
    """Counts what is overdue, by the rule that expects it."""

    def __init__(self, reads: ExpectationReads) -> None:
        self._reads = reads

    def overdue(self, asked: Asked) -> list[Found]:
        """Rules by which too much is overdue."""
        rule: Overdue = asked.rule
        known = {one.name for one in asked.plan.routes.expectations}
        names = {rule.expectation} if rule.expectation else known
        late = [(name, count, since) for name, _, count, since in self._reads.count(asked.now) if name in names & known]
        return [
            Found(name, since or asked.now, f"{count} mục quá hạn", f"{count} overdue")
            for name, count, since in late
            if count > rule.more_than
        ]
