"""Every spelling of an agency code that the file gives, and the one that counts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bus.config.models import AgencyEntry, Partner
from bus.config.problems import Path


@dataclass(frozen=True, slots=True)
class Spelling:
    """A code as it may be written, the canonical code it means, and where the file says so."""

    text: str
    canonical: str
    path: Path


def spellings(partners: Mapping[str, Partner], agencies: Mapping[str, AgencyEntry]) -> Iterator[Spelling]:
    """All spellings in the file's order of sections; the same text may come more than once."""
    for name, partner in partners.items():
        for index, code in enumerate(partner.agencies):
            yield Spelling(code, code, ("partners", name, "agencies", index))
        for code, aliases in partner.aliases.items():
            for index, alias in enumerate(aliases):
                yield Spelling(alias, code, ("partners", name, "aliases", code, index))
    for code, entry in agencies.items():
        yield Spelling(code, code, ("agencies", code))
        if entry.old_code:
            yield Spelling(entry.old_code, code, ("agencies", code, "old_code"))


def canonical_codes(partners: Mapping[str, Partner], agencies: Mapping[str, AgencyEntry]) -> dict[str, str]:
    """From every known spelling to the canonical code."""
    return {spelling.text: spelling.canonical for spelling in spellings(partners, agencies)}
