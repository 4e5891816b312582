"""What a replay would do, before it does it: by endpoint, class and rule; what may arrive twice, or out of order, or not at all."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from bus.control import shown
from bus.control.choosing import Judged, endpoint_of, may_come_twice, rule_of
from bus.control.parts import Parts
from bus.journal.pick import Filter

#: Copies that are shown one by one.
SHOWN = 200


def preview(parts: Parts, found: Iterable[Judged], rate: float) -> dict[str, Any]:
    """Sums of what was found, and the oldest copies one by one, in the order in which they would go. ``seconds`` is how long
    it would take at this many copies a second.
    """
    sums, oldest = Sums(parts), deque[Judged](maxlen=SHOWN)
    for one in found:
        sums.add(one)
        oldest.append(one)
    return {**sums.told(), "seconds": round(sums.count / rate, 1), "copies": _rows(parts, list(oldest)[::-1])}


class Sums:
    """Counts what is found, one by one."""

    def __init__(self, parts: Parts) -> None:
        self._plan, self._now = parts.plan, parts.clock.now()
        self._endpoints = self._plan.routes.endpoints if self._plan else {}
        self._closed: dict[str, bool] = {}
        self._groups: Counter[tuple[str, str, str]] = Counter()
        self._refused: Counter[str] = Counter()
        self._twice: Counter[str] = Counter()
        self._late = self._to_closed = 0
        #: How many would go.
        self.count = 0

    def add(self, one: Judged) -> None:
        """Count one more."""
        self._late += one.late and one.code in ("", "out_of_order")
        if one.code:
            self._refused[one.code] += 1
            return
        self.count += 1
        self._groups[endpoint_of(one), one.copy.reason, rule_of(one)] += 1
        if twice := may_come_twice(one, self._endpoints):
            self._twice[twice] += 1
        self._to_closed += self._is_closed(one.copy.recipient)

    def told(self) -> dict[str, Any]:
        """All counts. ``closed``: how many go to agencies that are closed by now, which a partner may refuse."""
        return {
            "count": self.count,
            "groups": [
                {"endpoint": endpoint, "reason": reason, "rule": rule, "count": count}
                for (endpoint, reason, rule), count in self._groups.most_common()
            ],
            "twice": dict(self._twice),
            "out_of_order": self._late,
            "closed": self._to_closed,
            "refused": dict(self._refused.most_common()),
        }

    def _is_closed(self, code: str) -> bool:
        if code not in self._closed:
            self._closed[code] = bool(self._plan and code and self._plan.directory.closed(code, self._now))
        return self._closed[code]


def _rows(parts: Parts, found: Sequence[Judged]) -> list[dict[str, Any]]:
    ids = tuple(one.copy.id for one in found)
    listed = parts.browse.copies(Filter(ids=ids, limit=len(ids))) if ids else []
    known = {one.copy.id: shown.copy(one) for one in listed}
    return [_row(one, known[one.copy.id]) for one in found if one.copy.id in known]


def _row(one: Judged, known: Mapping[str, Any]) -> dict[str, Any]:
    way = {"endpoint": endpoint_of(one), "rule": rule_of(one)} if one.way else {}
    return {**known, **way, "code": one.code, "refused": one.words, "out_of_order": one.late}
