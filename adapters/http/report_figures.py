"""The figures of a report by an endpoint's names for their cells, and whether they agree with each other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import ROUND_HALF_UP, Decimal, localcontext

from adapters.http.report_settings import PercentRule, ReportSettings, SumRule
from bus.errors import FailureClass, Refused
from schemas.report.data import Data
from schemas.report.numbers import number, plain
from schemas.report.table import spelled

_HUNDRED = 100
#: Digits in which any sum of figures is exact, and any percentage of them has room.
_EXACT = 80


class Figures:
    """Of one report. What is missing or no number is refused, with its cell."""

    def __init__(self, settings: ReportSettings, report: Data) -> None:
        self._cells = settings.cells
        self._sums = settings.sums
        self._percents = {one.name: one for one in settings.percents}
        said = report.observations
        self._values = {spelled(one.indicator, one.breakdown): one.value for one in said if one.value is not None}

    def text(self, name: str) -> str:
        """A figure as it was written. Raises Refused."""
        cell = self._cells[name]
        if cell not in self._values:
            raise refused(f"{name}: the report has no figure in cell {cell}")
        return self._values[cell]

    def percent(self, name: str) -> str:
        """A percentage, made of its two figures. Raises Refused."""
        rule = self._percents[name]
        whole = self._number(rule.whole)
        if not whole:
            return rule.of_nothing
        with localcontext(prec=_EXACT):
            exact = self._number(rule.part) * _HUNDRED / whole
            return plain(exact.quantize(Decimal(1).scaleb(-rule.digits), ROUND_HALF_UP))

    def check(self) -> None:
        """Raise Refused with all that does not agree."""
        with localcontext(prec=_EXACT):
            wrong = [*self._wrong_sums(), *self._wrong_percents()]
        if wrong:
            raise refused("; ".join(wrong))

    def _wrong_sums(self) -> Iterator[str]:
        for rule in self._sums:
            total, parts = (sum(map(self._number, names), Decimal()) for names in (rule.total, rule.parts))
            if total != parts:
                yield self._told(rule, plain(total), plain(parts))

    def _told(self, rule: SumRule, total: str, parts: str) -> str:
        return f"rule {rule.rule}: {self._named(rule.total)} is {total}, {self._named(rule.parts)} is {parts}"

    def _wrong_percents(self) -> Iterator[str]:
        for rule in self._percents.values():
            said, made = self._said(rule), self.percent(rule.name)
            if said is not None and abs(said - Decimal(made)) > Decimal(rule.tolerance):
                of = f"{self._named([rule.part])} in a hundred of {self._named([rule.whole])}"
                yield f"rule {rule.name}: {self._named([rule.name])} is {plain(said)}, {of} is {made}"

    def _said(self, rule: PercentRule) -> Decimal | None:
        """What the form itself says of a percentage, where it has a cell for it and something stands there."""
        there = rule.name in self._cells and self._cells[rule.name] in self._values
        return self._number(rule.name) if there else None

    def _named(self, names: Iterable[str]) -> str:
        return " + ".join(f"{name} ({self._cells[name]})" for name in names)

    def _number(self, name: str) -> Decimal:
        found = number(self.text(name))
        if found is None:
            raise refused(f"{name}: what stands in cell {self._cells[name]} is no number")
        return found


def refused(words: str) -> Refused:
    """A report that cannot be told to this partner."""
    return Refused(FailureClass.SCHEMA, words)
