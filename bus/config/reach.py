"""Which rules can ever take anything: first match wins, so a rule may stand wholly behind earlier ones.

Every message falls into one cell: class of recipient, class of sender, class of type and kind. What no rule
tells apart shares a class, so a few cells stand for all messages, and the answer is exact for unions too.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

from bus.config.conditions import AgencyCondition
from bus.config.models import Partner, Rule
from bus.config.values import ANY

#: Stands for every code the file does not name. No code is empty.
ELSE = ""


@dataclass(frozen=True, slots=True)
class CodeBook:
    """What is needed to turn a condition into a set of codes."""

    partners: Mapping[str, Partner]
    canonical: Mapping[str, str]

    def codes(self, condition: AgencyCondition) -> frozenset[str] | None:
        """The canonical codes a condition lets through; None: all there are."""
        if condition.everyone:
            return None
        if condition.codes is not None:
            return frozenset(self.canonical.get(code, code) for code in condition.codes)
        chosen = self.partners.values() if condition.partner == ANY else self._partner(condition.partner)
        return frozenset(code for partner in chosen for code in partner.agencies)

    def _partner(self, name: str | None) -> Iterable[Partner]:
        return [partner for known, partner in self.partners.items() if known == name]


def hidden(rules: Sequence[Rule], book: CodeBook) -> Iterator[tuple[int, list[str]]]:
    """Rules that take nothing, by position, each with the names of the rules that take it all before."""
    recipients = _classes([book.codes(rule.when.recipient) for rule in rules])
    senders = _classes([book.codes(rule.when.sender) for rule in rules])
    kinds = _classes([rule.when.cells() for rule in rules])
    taken: dict[tuple[int, ...], int] = {}
    for index in range(len(rules)):
        cells = list(product(recipients[index], senders[index], kinds[index]))
        takers = {taken.setdefault(cell, index) for cell in cells}
        if cells and index not in takers:
            yield index, [rules[taker].name for taker in sorted(takers)]


def _classes(sets: Sequence[Collection[object] | None]) -> list[frozenset[int]]:
    """For each set the classes of what it holds; what is in the same sets shares a class."""
    universe: set[object] = {ELSE}.union(*(one for one in sets if one is not None))
    signatures = {value: tuple(one is None or value in one for one in sets) for value in universe}
    numbers = {signature: number for number, signature in enumerate(sorted(set(signatures.values())))}
    return [
        frozenset(number for signature, number in numbers.items() if signature[index]) for index in range(len(sets))
    ]
