"""What is wrong with a report: the rule, the cell and where that is in the sheet, what it costs, and the words for whoever sent it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from schemas.report.regime import Regime
from schemas.report.rules import RULES, Verdict

#: Characters of what a report had, or of a list of what it may have.
_SHOWN = 240
_SPACES = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Problem:
    """One rule broken in one place. ``said`` are the words it is told with; what a report had in them is cut short."""

    rule: str
    cell: str = ""
    said: Mapping[str, str] = field(default_factory=dict)
    sheet: str = ""
    #: The cell of the sheet, as ``D13``; of a CSV file too, as any program shows it.
    place: str = ""
    verdict: Verdict = Verdict.REFUSE

    def text(self, language: Literal["vi", "en"]) -> str:
        """All of it in a line: where, what, and by which rule."""
        rule = RULES[self.rule]
        what = (rule.what_vi if language == "vi" else rule.what).format_map(self.said)
        where = self._where(language)
        return f"{where}: {what} [{self.rule}]" if where else f"{what} [{self.rule}]"

    def _where(self, language: str) -> str:
        sheet, cell = ("trang tính", "ô") if language == "vi" else ("sheet", "cell")
        parts = [f"{sheet} '{self.sheet}'"] if self.sheet else []
        if self.place or self.cell:
            named = f"{self.place} ({self.cell})" if self.place and self.cell else self.place or self.cell
            parts.append(f"{cell} {named}")
        return ", ".join(parts)


def problem(rule: str, cell: str = "", /, *, place: str = "", **said: object) -> Problem:
    """A rule broken, at what it costs as a rule. Words that are the same in both languages are said once."""
    words = {name: _short(str(value)) for name, value in said.items()}
    vietnamese = {f"{name}_vi": text for name, text in words.items() if f"{name}_vi" not in words}
    return Problem(rule, cell, words | vietnamese, place=place, verdict=RULES[rule].verdict)


def judged(problems: Iterable[Problem], regime: Regime) -> tuple[Problem, ...]:
    """The problems at what they cost in a regime."""
    return tuple(replace(one, verdict=regime.rules.get(one.rule, one.verdict)) for one in problems)


def refused(problems: Iterable[Problem]) -> bool:
    """Whether any of them is a refusal."""
    return any(one.verdict is Verdict.REFUSE for one in problems)


def _short(text: str) -> str:
    line = _SPACES.sub(" ", text)
    return line if len(line) <= _SHOWN else f"{line[:_SHOWN]}…"
