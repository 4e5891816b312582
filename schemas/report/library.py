"""All regimes, forms and outlines that are known, as they are looked up by what comes in. Made once, swapped whole."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from schemas.report.base import Reference
from schemas.report.form import Form, OutlineForm
from schemas.report.regime import Regime
from schemas.report.table import Table, table


@dataclass(frozen=True, slots=True)
class Library:
    """Regimes by code, the newest last; forms and outlines by code and version."""

    regimes: Mapping[str, tuple[Regime, ...]]
    forms: Mapping[tuple[str, str], Table]
    outlines: Mapping[tuple[str, str], OutlineForm]

    def regime(self, code: str, day: date) -> Regime | None:
        """The regime in force for data that end on a day; of several versions the one that began last."""
        found = (one for one in reversed(self.regimes.get(code, ())) if in_force(one, day))
        return next(found, None)

    def form(self, named: Reference) -> Table | None:
        """A form in one version."""
        return self.forms.get((named.code, named.version))

    def latest(self, code: str) -> str:
        """A form's version that the newest regime asks for; of a form no regime names, the one there is. Empty: none."""
        owed = [(one.valid_from, form.version) for one in self for form in one.forms if form.code == code]
        return max(owed)[1] if owed else next((version for known, version in self.forms if known == code), "")

    def outline(self, named: Reference) -> OutlineForm | None:
        """An outline in one version."""
        return self.outlines.get((named.code, named.version))

    def __iter__(self) -> Iterator[Regime]:
        """Every regime in every version."""
        return (one for versions in self.regimes.values() for one in versions)


def in_force(regime: Regime, day: date) -> bool:
    """Whether a regime holds for data that end on a day."""
    return regime.valid_from <= day <= (regime.valid_to or day)


def library(regimes: Iterable[Regime], forms: Iterable[Form], outlines: Iterable[OutlineForm] = ()) -> Library:
    """The library of these."""
    by_code: dict[str, list[Regime]] = {}
    for one in sorted(regimes, key=lambda one: one.valid_from):
        by_code.setdefault(one.code, []).append(one)
    return Library(
        {code: tuple(versions) for code, versions in by_code.items()},
        {(one.code, one.version): table(one) for one in forms},
        {(one.code, one.version): one for one in outlines},
    )
