"""A partner's list as the journal keeps it: cleaned, digested, and compared with what is cached. Pure."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import TypeVar

from bus.config.values import clean_code
from bus.endpoint import ListedAgency
from bus.journal.agencies import PORTION
from bus.journal.agency_reads import Cached
from bus.journal.sql import Row
from bus.words import plain

T = TypeVar("T")
#: By code.
Listed = Mapping[str, ListedAgency]

#: As long as a code in the routes may be.
_MAX_CODE = 100


@dataclass(slots=True)
class Difference:
    """What a list has that the cache has not, and the reverse."""

    #: Agencies to write.
    new: dict[str, ListedAgency]
    #: Codes whose rows go, replaced or for good.
    stale: set[str] = field(default_factory=set)
    changed: int = 0
    gone: int = 0
    closed: int = 0

    def meet(self, cached: Cached) -> None:
        """Sort a row of the cache; each is met once."""
        listed = self.new.get(cached.code)
        if listed is not None and _fields(listed) == _fields(cached):
            del self.new[cached.code]
            return
        self.stale.add(cached.code)
        self.gone += listed is None
        self.changed += listed is not None
        self.closed += listed is not None and listed.closed and not cached.closed

    def take(self, agencies: Iterable[ListedAgency]) -> tuple[str, ...]:
        """Those of these agencies that are replaced; they are stale no more."""
        replaced = self.stale & {agency.code for agency in agencies}
        self.stale -= replaced
        return tuple(sorted(replaced))


def read(agencies: Iterable[ListedAgency]) -> tuple[dict[str, ListedAgency], int]:
    """By code, as the journal keeps text; and how many rows were none. Of two with one code the first counts."""
    listed: dict[str, ListedAgency] = {}
    skipped = 0
    for agency in map(_clean, agencies):
        if _is_code(agency.code) and (not agency.old_code or _is_code(agency.old_code)):
            listed.setdefault(agency.code, agency)
        else:
            skipped += 1
    return listed, skipped


def _clean(agency: ListedAgency) -> ListedAgency:
    code, old = clean_code(agency.code), clean_code(agency.old_code)
    return ListedAgency(
        code,
        "" if old == code else old,
        _text(agency.name),
        clean_code(agency.parent),
        _text(agency.mail),
        agency.closed,
    )


def _text(text: str) -> str:
    return unicodedata.normalize("NFC", " ".join(text.replace("\0", "").split()))


def _is_code(text: str) -> bool:
    return 0 < len(text) <= _MAX_CODE and text.isprintable()


def digest(listed: Listed) -> str:
    """Of all rows, whatever their order."""
    made = hashlib.blake2b(digest_size=16)
    for code in sorted(listed):
        made.update("\x1f".join(map(str, _fields(listed[code]))).encode() + b"\x1e")
    return made.hexdigest()


def _fields(agency: ListedAgency | Cached) -> tuple[str, str, str, str, str, bool]:
    return agency.code, agency.old_code, agency.name, agency.parent, agency.mail, agency.closed


def portions(things: Iterable[T]) -> Iterator[list[T]]:
    rest = iter(things)
    while portion := list(islice(rest, PORTION)):
        yield portion


def row(endpoint: str, agency: ListedAgency) -> Row:
    return {
        "endpoint": endpoint,
        "code": agency.code,
        "old_code": agency.old_code,
        "name": agency.name,
        "plain": plain(f"{agency.name} {agency.code} {agency.old_code}"),
        "parent": agency.parent,
        "mail": agency.mail,
        "closed": int(agency.closed),
    }
