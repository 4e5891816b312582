"""What the province should have sent, counted apart: of the plan and the packets alone, with :mod:`tests.recount`, and nothing of the aggregator."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from bus.expectation.duties import Duty
from tests.recount import Figure, recount
from tests.year.plan import Act, Scenario

#: A regime, a form and a period.
About = tuple[str, str, str]


@dataclass(frozen=True)
class Expected:
    """One version of the province's report."""

    version: int
    missing: tuple[str, ...]
    figures: Mapping[str, Figure]
    rows: tuple[Any, ...]


@dataclass
class _Whole:
    """What is known of one report of the province."""

    owed: dict[str, str]
    #: The latest report of each unit that was not returned.
    there: dict[str, dict[str, Any]] = field(default_factory=dict)
    released: frozenset[str] = frozenset()
    sent: list[Expected] = field(default_factory=list)
    made_of: object = None

    @property
    def missing(self) -> tuple[str, ...]:
        return tuple(sorted(unit for unit, by in self.owed.items() if unit not in self.there and by not in self.there))


class Model:
    """Follows the plan day by day. ``forms`` are forms as JSON."""

    def __init__(self, scenario: Scenario, duties: Iterable[Duty], province: str, forms: Mapping[str, Any]) -> None:
        self._forms = forms
        owed: dict[About, dict[str, str]] = defaultdict(dict)
        self.dues: dict[About, Duty] = {}
        for one in duties:
            about = (one.regime, one.form, one.period)
            if one.unit == province:
                self.dues[about] = one
            elif province in one.receivers:
                owed[about][one.unit] = scenario.unit(one)
        self.wholes = {about: _Whole(owed[about]) for about in self.dues if owed[about]}

    def take(self, act: Act, said: dict[str, Any] | None) -> None:
        """Something happened to a report."""
        whole = self.wholes.get(about(act))
        if whole is None:
            return
        if said is None:
            whole.there.pop(act.unit, None)
        else:
            whole.there[act.unit] = said

    def release(self, which: About) -> bool:
        """The province lets it go without whoever is missing; whether there is anything to release."""
        whole = self.wholes[which]
        if not whole.there or not whole.missing or whole.released:
            return False
        whole.released = frozenset(whole.missing)
        return True

    def settle(self, which: Iterable[About]) -> None:
        """What may go goes, unless it is what went last."""
        for one in which:
            whole = self.wholes[one]
            made_of = ({unit: said["version"] for unit, said in whole.there.items()}, whole.missing)
            if whole.there and set(whole.missing) <= whole.released and made_of != whole.made_of:
                whole.made_of = made_of
                whole.sent.append(self._expected(one, whole))

    def _expected(self, which: About, whole: _Whole) -> Expected:
        form = self._forms[which[1]]
        reports = [whole.there[unit] for unit in sorted(whole.there)]
        matrix = form["kind"] == "matrix"
        figures = recount(form, reports, partial=bool(whole.missing)) if matrix else {}
        rows = () if matrix else tuple(row for one in reports for row in one["rows"])
        return Expected(len(whole.sent) + 1, whole.missing, figures, rows)


def about(act: Act) -> About:
    """What an act is about."""
    return act.duty.regime, act.duty.form, act.duty.period
