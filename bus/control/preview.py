"""What a replay would do, before it does it: by endpoint, class and rule; what may arrive twice, or out of order, or not at all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from bus.control import shown
from bus.control.answers.copies import CopyTold
from bus.control.answers.replays import Foreseen, Preview, Sums, Unknown
from bus.control.choosing import Choice, Judged, endpoint_of, may_come_twice, rule_of
from bus.control.parts import Parts
from bus.journal.pick import Filter

#: Copies that are shown one by one.
SHOWN = 200


def preview(parts: Parts, choice: Choice, rate: float) -> Preview:
    """Sums of what is asked for, and the oldest copies one by one, in the order in which they would go. ``seconds`` is how
    long it would take at this many copies a second.
    """
    sums = Counting(parts)
    for one, count in choice.alike():
        sums.add(one, count)
    return {**sums.told(), "seconds": round(sums.count / rate, 1), "copies": _rows(parts, choice.oldest(SHOWN))}


class Counting:
    """Counts what is found: first what is alike, for there are many, then what that means."""

    def __init__(self, parts: Parts) -> None:
        self._plan, self._now = parts.plan, parts.clock.now()
        self._endpoints = self._plan.routes.endpoints if self._plan else {}
        self._alike: Counter[tuple[Any, ...]] = Counter()
        self._first: dict[tuple[Any, ...], Judged] = {}

    def add(self, one: Judged, count: int) -> None:
        """So many more of these."""
        alike = (one.copy.common, one.way, one.late, one.code)
        self._alike[alike] += count
        if alike not in self._first:
            self._first[alike] = one

    @property
    def count(self) -> int:
        """How many would go."""
        return self._sum(lambda one: not one.code)

    def told(self) -> Sums:
        """All counts. ``closed``: how many go to agencies that are closed by now, which a partner may refuse."""
        groups = self._by(lambda one: None if one.code else (endpoint_of(one), one.copy.reason, rule_of(one)))
        return {
            "count": self.count,
            "groups": [
                {"endpoint": endpoint, "reason": reason, "rule": rule, "count": count}
                for (endpoint, reason, rule), count in groups.most_common()
            ],
            "twice": dict(self._by(lambda one: None if one.code else may_come_twice(one, self._endpoints) or None)),
            "out_of_order": self._sum(lambda one: one.late and one.code in ("", "out_of_order")),
            "closed": self._sum(lambda one: not one.code and self._is_closed(one.copy.recipient)),
            "refused": dict(self._by(lambda one: one.code or None).most_common()),
        }

    def _sum(self, counts: Callable[[Judged], bool]) -> int:
        return sum(count for alike, count in self._alike.items() if counts(self._first[alike]))

    def _by(self, name: Callable[[Judged], Any]) -> Counter[Any]:
        """By what each is called; None is not counted."""
        sums: Counter[Any] = Counter()
        for alike, count in self._alike.items():
            if (called := name(self._first[alike])) is not None:
                sums[called] += count
        return sums

    def _is_closed(self, code: str) -> bool:
        return bool(self._plan and code and self._plan.directory.closed(code, self._now))


def _rows(parts: Parts, found: Sequence[Judged]) -> list[Foreseen | Unknown]:
    ids = tuple(one.copy.id for one in found)
    listed = parts.browse.copies(Filter(ids=ids, limit=len(ids))) if ids else []
    known = {one.copy.id: shown.copy(one) for one in listed}
    return [_row(one, known[one.copy.id]) for one in found if one.copy.id in known]


def _row(one: Judged, known: CopyTold) -> Foreseen:
    if one.way:
        known = {**known, "endpoint": endpoint_of(one), "rule": rule_of(one)}
    return {**known, "code": one.code, "refused": one.words, "out_of_order": one.late}
