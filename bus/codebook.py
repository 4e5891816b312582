"""What routing needs of partners' lists of agencies, in memory: which spellings are one agency, and which codes are closed.

Pairs are taken from the lists and never computed. What a list leaves open stays open: an old code that two agencies
claim, or that is an agency's own code today, is nobody's former spelling.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Codebook:
    """The codes of the lists of ``endpoints``; empty where no list is known."""

    endpoints: tuple[str, ...] = ()
    _former: Mapping[str, str] = field(default_factory=dict, repr=False)
    _codes: Mapping[str, str] = field(default_factory=dict, repr=False)
    _closed: frozenset[str] = field(default=frozenset(), repr=False)

    @classmethod
    def of(cls, endpoints: Iterable[str], rows: Iterable[tuple[str, str, int]]) -> Codebook:
        """From rows of code, former code and whether closed; of several rows with one code the first counts."""
        former: dict[str, str] = {}
        closed: set[str] = set()
        for code, old, is_closed in rows:
            if code not in former:
                former[code] = old
                if is_closed:
                    closed.add(code)
        return cls(tuple(endpoints), former, _unambiguous(former, closed), frozenset(closed))

    def code(self, spelling: str) -> str | None:
        """The code a list goes by for this spelling; None where no list knows it."""
        return spelling if spelling in self._former else self._codes.get(spelling)

    def spellings(self, spelling: str) -> tuple[str, ...]:
        """The code and, where it has one, its former spelling; nothing where no list knows it."""
        code = self.code(spelling)
        if code is None:
            return ()
        old = self._former[code]
        return (code, old) if self._codes.get(old) == code else (code,)

    def closed(self, code: str) -> bool:
        """Whether a list marks this code closed."""
        return code in self._closed

    def __len__(self) -> int:
        return len(self._former)


def _unambiguous(former: Mapping[str, str], closed: Container[str]) -> dict[str, str]:
    """From former spelling to code. An open agency goes before closed ones; of two alike neither has it."""
    open_: dict[str, str] = {}
    shut: dict[str, str] = {}
    for code, old in former.items():
        if old and old not in former:
            claims = shut if code in closed else open_
            claims[old] = "" if old in claims else code
    return {old: code for old, code in {**shut, **open_}.items() if code}
