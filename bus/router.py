"""The content-based router: for each recipient the first matching rule wins (semantics 2).

Pure: a router is built from one version of the routes and a directory, and only answers questions. The
same conditions decide and explain, so an explanation cannot differ from what happens. To decide takes as long
with a thousand rules as with ten.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from bus.config.conditions import AgencyCondition, When
from bus.config.models import Rule, Tap
from bus.config.routes import RoutesFile
from bus.config.values import ANY
from schemas.value import value


class Closed(Protocol):
    """What the directory says of a closed code."""

    @property
    def successor(self) -> str: ...


class Agencies(Protocol):
    """What the router asks of the directory."""

    def canonical(self, code: str) -> str: ...

    def knows(self, code: str) -> bool: ...

    def partner_of(self, code: str) -> str | None: ...

    def closed(self, code: str, at: int) -> Closed | None: ...


@value
class Routable:
    """What routing looks at. The sender may be in any spelling."""

    type: str
    kind: str
    sender: str


class Why(StrEnum):
    """Why nothing takes a recipient; the values are refusal codes of the catalogue."""

    UNKNOWN = "recipient.unknown"
    CLOSED = "recipient.closed"
    NO_RULE = "route.none"


@value
class Match:
    """The rule that takes a message for one recipient. ``recipient`` is canonical, ``partner`` its partner."""

    recipient: str
    rule: Rule
    partner: str | None

    @property
    def endpoint(self) -> str:
        """Where it goes."""
        return self.rule.to


@dataclass(frozen=True, slots=True)
class NoRoute:
    """Nothing takes it. ``successor``: where to send instead of a closed code, if the directory says."""

    recipient: str
    why: Why
    successor: str = ""


@dataclass(frozen=True, slots=True)
class Tried:
    """One rule that was looked at, and why it did or did not match."""

    rule: str
    matched: bool
    reason: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """The answer, and every rule that was tried on the way to it."""

    result: Match | NoRoute
    tried: tuple[Tried, ...]


@dataclass(frozen=True, slots=True)
class _Condition:
    """One thing a rule asks; ``allowed`` None: anything goes."""

    field: str
    allowed: frozenset[str] | None
    written: str

    def holds(self, value: str) -> bool:
        return self.allowed is None or value in self.allowed


#: All a rule or tap asks, the recipient first.
_Conditions = tuple[_Condition, ...]


class _Sieve:
    """Finds those of many conditions that hold, each a bit of a number: a look per field, however many there are."""

    def __init__(self, asked: Sequence[_Conditions]) -> None:
        self._all = (1 << len(asked)) - 1
        self._fields = [(field[0].field, *_bits(field)) for field in zip(*asked, strict=True)]

    def holding(self, facts: Mapping[str, str]) -> int:
        """The conditions that hold, the first of them in the lowest bit."""
        left = self._all
        for field, by_value, otherwise in self._fields:
            left &= by_value.get(facts[field], otherwise)
        return left


def _bits(conditions: Iterable[_Condition]) -> tuple[dict[str, int], int]:
    """By value the conditions that hold for it, and those that hold for a value which none of them names."""
    places = [(condition.allowed, 1 << place) for place, condition in enumerate(conditions)]
    otherwise = sum(bit for allowed, bit in places if allowed is None)
    by_value: dict[str, int] = {}
    for allowed, bit in places:
        for text in allowed or ():
            by_value[text] = by_value.get(text, otherwise) | bit
    return by_value, otherwise


class Router:
    """Answers by one version of the routes. Immutable; safe to share between threads."""

    def __init__(self, routes: RoutesFile, agencies: Agencies) -> None:
        self._agencies = agencies
        book = _Book(routes, agencies)
        self._rules = routes.routes
        self._asked = [book.compiled(rule.when) for rule in routes.routes]
        self._sieve = _Sieve(self._asked)
        self._taps = routes.taps
        self._tap_sieve = _Sieve([book.compiled(tap.when) for tap in routes.taps])

    def match(self, subject: Routable, recipient: str, at: int) -> Match | NoRoute:
        """Who takes this message for this recipient at this instant (microseconds)."""
        code = self._agencies.canonical(recipient)
        if closed := self._agencies.closed(code, at):
            return NoRoute(code, Why.CLOSED, closed.successor)
        if holding := self._sieve.holding(self._facts(subject, code)):
            first = (holding & -holding).bit_length() - 1
            return Match(code, self._rules[first], self._agencies.partner_of(code))
        return NoRoute(code, Why.NO_RULE if self._agencies.knows(code) else Why.UNKNOWN)

    def explain(self, subject: Routable, recipient: str, at: int) -> Explanation:
        """The same answer with a reason for every rule up to the one that takes it."""
        result = self.match(subject, recipient, at)
        if isinstance(result, NoRoute) and result.why is Why.CLOSED:
            return Explanation(result, ())
        return Explanation(result, tuple(self._tried(self._facts(subject, result.recipient))))

    def taps(self, subject: Routable, recipients: Iterable[str]) -> tuple[Tap, ...]:
        """Taps that listen to this message: those whose conditions hold for one of its recipients."""
        if not self._taps:
            return ()
        holding = 0
        for code in recipients:
            holding |= self._tap_sieve.holding(self._facts(subject, self._agencies.canonical(code)))
        return tuple(tap for place, tap in enumerate(self._taps) if holding >> place & 1)

    def _facts(self, subject: Routable, recipient: str) -> dict[str, str]:
        sender = self._agencies.canonical(subject.sender)
        return {"recipient": recipient, "sender": sender, "type": subject.type, "kind": subject.kind}

    def _tried(self, facts: Mapping[str, str]) -> Iterator[Tried]:
        for rule, conditions in zip(self._rules, self._asked, strict=True):
            failed = [
                f"{asked.field} {facts[asked.field]} is not {asked.written}"
                for asked in conditions
                if not asked.holds(facts[asked.field])
            ]
            yield Tried(rule.name, not failed, "; ".join(failed) or "all its conditions hold")
            if not failed:
                return


@dataclass(frozen=True, slots=True)
class _Book:
    """Compiles conditions with the names and codes of one version."""

    routes: RoutesFile
    agencies: Agencies

    def compiled(self, when: When) -> _Conditions:
        return (
            self._agencies_in("recipient", when.recipient),
            self._agencies_in("sender", when.sender),
            _words("type", when.type),
            _words("kind", when.kind),
        )

    def _agencies_in(self, field: str, condition: AgencyCondition) -> _Condition:
        if condition.everyone:
            return _Condition(field, None, ANY)
        if condition.codes is not None:
            codes = frozenset(map(self.agencies.canonical, condition.codes))
            return _Condition(field, codes, " or ".join(condition.codes))
        whose = "any partner" if condition.partner == ANY else f"partner {condition.partner}"
        return _Condition(field, frozenset(self._codes_of(condition.partner)), f"an agency of {whose}")

    def _codes_of(self, partner: str | None) -> Iterator[str]:
        for name, entry in self.routes.partners.items():
            if partner in (ANY, name):
                yield from entry.agencies


def _words(field: str, words: tuple[str, ...] | None) -> _Condition:
    return _Condition(field, None if words is None else frozenset(words), " or ".join(words or ()))
