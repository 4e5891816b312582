"""Agencies by table, never by taking codes apart: spellings, names, partners, closing and successors.

Built once from a version of the routes and what partners' lists say, and immutable; a new version makes a new one.
What the routes say of a code wins: names, spellings, closing and successor.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone

from bus.codebook import Codebook
from bus.config.codes import canonical_codes
from bus.config.models import AgencyEntry
from bus.config.routes import RoutesFile
from bus.config.values import clean_code
from bus.desk import Agency
from bus.words import plain

_NO_LISTS = Codebook()
#: A day of closing begins at midnight in Vietnam, which knows no summer time.
_VIETNAM = timezone(timedelta(hours=7))


@dataclass(frozen=True, slots=True)
class Closure:
    """A code that is closed, and the open code that took its place ('' where none is named)."""

    code: str
    successor: str = ""


@dataclass(frozen=True, slots=True)
class Directory:
    """The view of all agencies under one version of the routes. Instants are microseconds since 1970."""

    #: What partners' lists say of codes.
    codes: Codebook
    _canonical: Mapping[str, str]
    _spelled: Mapping[str, tuple[str, ...]]
    _entries: Mapping[str, AgencyEntry]
    _partners: Mapping[str, str]
    _closed_from: Mapping[str, int]

    @classmethod
    def build(cls, routes: RoutesFile, codes: Codebook = _NO_LISTS) -> Directory:
        """The directory of one version of the routes, beside the codes of partners' lists."""
        canonical = canonical_codes(routes.partners, routes.agencies)
        return cls(
            codes=codes,
            _canonical=canonical,
            _spelled=_spelled(canonical),
            _entries={
                code: routes.agencies.get(code) or _entry(code, routes) for code in sorted(set(canonical.values()))
            },
            _partners={code: name for name, partner in routes.partners.items() for code in partner.agencies},
            _closed_from={code: _midnight(entry.closed) for code, entry in routes.agencies.items() if entry.closed},
        )

    def canonical(self, code: str) -> str:
        """The canonical spelling; an unknown code is its own, trimmed and NFC."""
        if found := self._canonical.get(code):
            return found
        clean = clean_code(code)
        return self._canonical.get(clean) or self._by_list(clean)

    def spellings(self, code: str) -> tuple[str, ...]:
        """Every spelling of the same agency, the canonical one first; an unknown code stands alone."""
        canonical = self.canonical(code)
        own = self._spelled.get(canonical, (canonical,))
        more = [text for spelling in own for text in self.codes.spellings(spelling) if text not in own]
        if not more:
            return own
        return tuple(dict.fromkeys((*own, *(text for text in more if self.canonical(text) == canonical))))

    def knows(self, code: str) -> bool:
        """Whether the code stands in the routes or in a list, in some spelling."""
        clean = clean_code(code)
        return clean in self._canonical or self.codes.code(clean) is not None

    def named(self, code: str) -> bool:
        """Whether the routes speak of this agency, so that what a list says of it does not count."""
        return self.canonical(code) in self._entries

    def partner_of(self, code: str) -> str | None:
        """The partner that acts for the agency, if one does."""
        return self._partners.get(self.canonical(code))

    def closed(self, code: str, at: int) -> Closure | None:
        """Whether the code was closed at that instant, and who followed."""
        canonical = self.canonical(code)
        if not self._is_closed(canonical, at):
            return None
        return Closure(canonical, self._open_successor(canonical, at))

    def agency(self, code: str, at: int) -> Agency | None:
        """What the routes say of an agency at that instant; None where they do not speak of it."""
        canonical = self.canonical(code)
        entry = self._entries.get(canonical)
        if entry is None:
            return None
        return Agency(
            code=canonical,
            name=entry.name,
            old_code=entry.old_code or "",
            parent=self.canonical(entry.parent) if entry.parent else "",
            mail=entry.mail,
            closed=self._is_closed(canonical, at),
            successor=self.canonical(entry.successor) if entry.successor else "",
        )

    def all(self, at: int) -> tuple[Agency, ...]:
        """Every agency the routes speak of, by code."""
        return tuple(agency for code in self._entries if (agency := self.agency(code, at)))

    def find(self, text: str, at: int) -> tuple[Agency, ...]:
        """Agencies of the routes whose name or a code holds all the words, accents and case apart."""
        words = plain(text).split()
        return tuple(agency for agency in self.all(at) if all(word in _searched(agency) for word in words))

    def _by_list(self, clean: str) -> str:
        """A code the routes do not have: the agency's code in the routes, else the one its list goes by. What is only an
        alias in the routes joins nothing: the list may mean another agency by it.
        """
        spellings = self.codes.spellings(clean)
        if not spellings:
            return clean
        return next((text for text in spellings if text in self._entries), spellings[0])

    def _is_closed(self, canonical: str, at: int) -> bool:
        if canonical in self._entries:
            return canonical in self._closed_from and self._closed_from[canonical] <= at
        return self.codes.closed(canonical)

    def _open_successor(self, canonical: str, at: int) -> str:
        """The end of the chain; the checks of the file see to it that there is one. Lists name no successors."""
        step: str = canonical
        while self._is_closed(step, at):
            entry = self._entries.get(step)
            if entry is None or entry.successor is None:
                return ""
            step = self.canonical(entry.successor)
        return step


def _spelled(canonical: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """From canonical code to all its spellings, itself first."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for text, code in canonical.items():
        found[code].append(text)
    return {code: tuple(dict.fromkeys((code, *texts))) for code, texts in found.items()}


def _entry(code: str, routes: RoutesFile) -> AgencyEntry:
    """An agency without an entry of its own bears its partner's name if it is the only one there."""
    names = [partner.name for partner in routes.partners.values() if partner.agencies == (code,)]
    return AgencyEntry(name="".join(names[:1]))


def _midnight(day: date) -> int:
    instant = datetime.combine(day, time(), _VIETNAM)
    return (instant - datetime.fromtimestamp(0, UTC)) // timedelta(microseconds=1)


def _searched(agency: Agency) -> str:
    return plain(f"{agency.name} {agency.code} {agency.old_code}")
