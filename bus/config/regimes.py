"""``regimes.yaml``: who owes which report for which period by when, on which forms, as one immutable value.

:func:`parse_regimes` gives a file that is right in every respect or raises with all that is wrong with it, each at its line and column.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from bus.calendar import Offices
from bus.config.problems import Finding, Problem, RoutesInvalid, Severity
from bus.config.reading import Document, read
from bus.config.regime_drafting import Drafter
from bus.config.routes import normalise
from bus.errors import BusError
from schemas.report.catalogue import Indicators
from schemas.report.library import Library


@dataclass(frozen=True, slots=True)
class RegimesFile:
    """One version of the regimes."""

    library: Library
    #: The working calendar, with the days the file names.
    offices: Offices
    #: The indicators of the file, as a packet.
    indicators: Indicators | None
    #: Twelve hex digits of the SHA-256 of ``text``.
    version: str
    text: str = field(repr=False)
    warnings: tuple[Problem, ...] = ()


class RegimesInvalid(BusError):
    """A regimes file cannot be used. ``problems`` holds all of them, warnings too, in the file's order."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(map(_renamed, problems))
        super().__init__("\n".join(map(str, self.problems)))


def parse_regimes(text: str, file_name: str) -> RegimesFile:
    """The regimes of a text. Raises RegimesInvalid with every problem if there is an error."""
    text = normalise(text)
    try:
        document = read(text, file_name)
    except RoutesInvalid as error:
        raise RegimesInvalid(error.problems) from None
    drafter = Drafter(document.root)
    library = drafter.library()
    problems = _located(document, drafter.findings)
    if any(one.severity is Severity.ERROR for one in problems):
        raise RegimesInvalid(problems)
    version = hashlib.sha256(text.encode()).hexdigest()[:12]
    return RegimesFile(library, drafter.offices, drafter.catalogue(), version, text, tuple(map(_renamed, problems)))


def _located(document: Document, findings: Iterable[Finding]) -> list[Problem]:
    located = {*document.problems, *map(document.locate, findings)}
    return sorted(located, key=lambda one: (one.place, one.code, one.what))


def _renamed(one: Problem) -> Problem:
    """The reading of YAML and of types is that of the routes; the codes are those of this file."""
    return replace(one, code=f"regimes.{one.code.partition('.')[2]}")
