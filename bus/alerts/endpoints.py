"""The question about endpoints that are not called: by an open breaker, or because too much was refused there."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from bus.alerts.found import Asked, Found
from bus.breaker import OPEN, in_both
from bus.clock import micros
from bus.config.alerts import BreakerOpen
from bus.journal.notes import Condition

#: As whom the bus pauses an endpoint; whoever else does so knows it.
_BUS = "bus"


class OfEndpoints:
    """Asks the journal how endpoints are, and remembers since when: it keeps how long a breaker opens, not when."""

    def __init__(self, conditions: Callable[[], Iterable[Condition]]) -> None:
        self._conditions = conditions
        self._seen: dict[str, int] = {}

    def breaker(self, asked: Asked) -> list[Found]:
        """Endpoints that have not been called for too long."""
        rule: BreakerOpen = asked.rule
        names = asked.endpoints()
        shut = {one.name: one for one in self._conditions() if one.breaker == OPEN or one.paused_by == _BUS}
        self._seen = {name: self._seen.get(name, asked.now) for name in shut}
        found = []
        for name in sorted(shut.keys() & set(names)):
            since = asked.known.get(name, shut[name].paused_at or self._seen[name])
            if name in asked.known or asked.now - since >= micros(rule.longer_than):
                found.append(_found(shut[name], since))
        return found


def _found(condition: Condition, since: int) -> Found:
    if condition.paused_by == _BUS:
        vi, en = in_both(condition.pause_reason)
        return Found(condition.name, since, f"trục tự tạm dừng: {vi}", f"the bus paused it: {en}")
    vi = f"ngắt mạch đang mở, {condition.failures} cuộc gọi liền không được"
    return Found(condition.name, since, vi, f"its breaker is open, {condition.failures} calls in a row failed")
