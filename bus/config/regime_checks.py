"""What must hold between the entries of ``regimes.yaml``, and what is likely a slip."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping

from bus.config.problems import Finding, Severity
from schemas.report.deadlines import IsWorking, due
from schemas.report.form import Form, OutlineForm
from schemas.report.periods import period, spread
from schemas.report.regime import Regime

#: A year in which every kind of period ends.
_YEAR = 2025


def forms_are_owed(forms: Iterable[str], named: Container[tuple[str, str]]) -> Iterator[Finding]:
    """A form that no regime names is filled in by nobody. ``named`` are sections and what is named in them."""
    for code in forms:
        if ("forms", code) not in named:
            what, write = f"no regime is owed on form '{code}'", "it into a regime, or out"
            yield Finding("regimes.unused", ("forms", code), what, write, Severity.WARNING, at_key=True)


def versions_differ(section: str, entries: Mapping[str, Regime | Form | OutlineForm]) -> Iterator[Finding]:
    """Of one code there is one entry of each version, or one of them would be lost."""
    seen: dict[tuple[str, str], str] = {}
    for key, one in entries.items():
        first = seen.setdefault((one.code, one.version), key)
        if first != key:
            what = f"'{key}' is of the same code and version as '{first}'"
            yield Finding("regimes.value", (section, key), what, "another version, or one of them out", at_key=True)


def deadlines_follow_data(code: str, regime: Regime, is_working: IsWorking) -> Iterator[Finding]:
    """A day of the month that comes before the data end is a slip; the law's floor would hide it."""
    tails = [spread(word)[0] for word in regime.periods]
    for level, rule in regime.deadlines.items():
        plain = rule.model_copy(update={"floor": 0})
        for one in (period(f"{_YEAR}-{tail}", regime.counting) for tail in tails):
            day = due(plain, one, is_working)
            if day <= one.data_to:
                what = f"the deadline of '{level}' for {one.code} is no later than its data, which run to {one.data_to}"
                path, write = ("regimes", code, "deadlines", level), "'months_later', or a later day"
                yield Finding("regimes.deadline", path, what, write, Severity.WARNING, at_key=True)
                break
