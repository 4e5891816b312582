"""Agencies by table, never by taking codes apart: spellings, names, partners, closing and successors.

Built once from a version of the routes and immutable; a new version makes a new directory.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone

from bus.config.codes import canonical_codes
from bus.config.models import AgencyEntry
from bus.config.routes import RoutesFile
from bus.config.values import clean_code
from bus.desk import Agency

#: A day of closing begins at midnight in Vietnam, which knows no summer time.
_VIETNAM = timezone(timedelta(hours=7))


@dataclass(frozen=True, slots=True)
class Closure:
    """A code that is closed, and the open code that took its place ('' where none is named)."""

    code: str
    successor: str = ""


@dataclass(frozen=True, slots=True)
class Directory:
    """The view of all agencies that one version of the routes gives. Instants are microseconds since 1970."""

    _canonical: Mapping[str, str]
    _entries: Mapping[str, AgencyEntry]
    _partners: Mapping[str, str]
    _closed_from: Mapping[str, int]

    @classmethod
    def build(cls, routes: RoutesFile) -> Directory:
        """The directory of one version of the routes."""
        canonical = canonical_codes(routes.partners, routes.agencies)
        return cls(
            _canonical=canonical,
            _entries={
                code: routes.agencies.get(code) or _entry(code, routes) for code in sorted(set(canonical.values()))
            },
            _partners={code: name for name, partner in routes.partners.items() for code in partner.agencies},
            _closed_from={code: _midnight(entry.closed) for code, entry in routes.agencies.items() if entry.closed},
        )

    def canonical(self, code: str) -> str:
        """The canonical spelling; an unknown code is its own, trimmed and NFC."""
        clean = clean_code(code)
        return self._canonical.get(clean, clean)

    def knows(self, code: str) -> bool:
        """Whether the code stands in the file in some spelling."""
        return clean_code(code) in self._canonical

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
        """What is known of an agency at that instant."""
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
        """Every agency, by code."""
        return tuple(agency for code in self._entries if (agency := self.agency(code, at)))

    def find(self, text: str, at: int) -> tuple[Agency, ...]:
        """Agencies whose name or code holds all the words, accents and case apart."""
        words = _plain(text).split()
        return tuple(agency for agency in self.all(at) if all(word in _searched(agency) for word in words))

    def _is_closed(self, canonical: str, at: int) -> bool:
        return canonical in self._closed_from and self._closed_from[canonical] <= at

    def _open_successor(self, canonical: str, at: int) -> str:
        """The end of the chain; the checks of the file see to it that there is one."""
        step: str = canonical
        while self._is_closed(step, at):
            successor = self._entries[step].successor
            if successor is None:
                return ""
            step = self.canonical(successor)
        return step


def _entry(code: str, routes: RoutesFile) -> AgencyEntry:
    """An agency without an entry of its own bears its partner's name if it is the only one there."""
    names = [partner.name for partner in routes.partners.values() if partner.agencies == (code,)]
    return AgencyEntry(name="".join(names[:1]))


def _midnight(day: date) -> int:
    instant = datetime.combine(day, time(), _VIETNAM)
    return (instant - datetime.fromtimestamp(0, UTC)) // timedelta(microseconds=1)


def _searched(agency: Agency) -> str:
    return _plain(f"{agency.name} {agency.code} {agency.old_code}")


def _plain(text: str) -> str:
    """Lower case without accents; the Vietnamese đ is a letter of its own and no accent."""
    letters = unicodedata.normalize("NFD", text.casefold().replace("đ", "d"))
    return "".join(letter for letter in letters if not unicodedata.combining(letter))
