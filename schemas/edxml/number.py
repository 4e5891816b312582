"""Number and symbol of a document by Decree 30/2020/ND-CP: ``15/QĐ-UBND``, ``7816/VPCP-TTĐT``.

The number is what stands before the first stroke, the symbol (the standard's notation) all after it; so the year
of ``28/2018/QĐ-TTg`` is of the symbol. What people wrote is taken apart as it is and goes together the same again.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from schemas.edxml.abbreviations import TYPES

_SAID = re.compile(r"^\s*số\s*:\s*", re.IGNORECASE)
_YEAR = re.compile(r"([1-9]\d{3})/(.+)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Number:
    """CodeNumber and CodeNotation."""

    number: str
    notation: str = ""

    def __str__(self) -> str:
        return f"{self.number}/{self.notation}" if self.notation else self.number


@dataclass(frozen=True, slots=True)
class Symbol:
    """What a notation is made of. ``type`` is an abbreviation of the Decree, '' for a công văn."""

    type: str
    #: The agency, and behind it the unit that drafted a công văn.
    issuer: tuple[str, ...]
    #: Of legal documents only.
    year: int | None = None

    def __str__(self) -> str:
        groups = "-".join((self.type, *self.issuer) if self.type else self.issuer)
        return groups if self.year is None else f"{self.year}/{groups}"


def split(text: str) -> Number:
    """Number and symbol of one string, with or without the words ``Số:`` before it."""
    number, _, notation = _SAID.sub("", text).strip().partition("/")
    return Number(number.strip(), notation.strip())


def join(number: str, notation: str) -> str:
    """The one string that ResponseFor holds."""
    return str(Number(number, notation))


def with_type(number: int, kind: str, issuer: str, year: int | None = None) -> Number:
    """The number of a document whose type has a name. Raises ``KeyError`` for no abbreviation of the Decree."""
    if kind not in TYPES:
        raise KeyError(kind)
    return Number(_digits(number), str(Symbol(kind, (issuer,), year)))


def letter(number: int, issuer: str, unit: str) -> Number:
    """The number of a công văn, which names the unit that drafted it."""
    return Number(_digits(number), str(Symbol("", (issuer, unit))))


def symbol(notation: str) -> Symbol:
    """What the notation is made of."""
    found = _YEAR.fullmatch(notation)
    year, groups = (int(found[1]), found[2]) if found else (None, notation)
    first, *others = groups.split("-")
    if first in TYPES and others:
        return Symbol(first, tuple(others), year)
    return Symbol("", (first, *others), year)


def _digits(number: int) -> str:
    """A leading zero below ten."""
    return f"{number:02}"
