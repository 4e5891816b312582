"""The content-based router: for each recipient the first matching rule wins (semantics 2).

Pure: a router is built from one version of the routes and a directory, and only answers questions. The
same conditions decide and explain, so an explanation cannot differ from what happens.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from bus.config.conditions import AgencyCondition, When
from bus.config.models import Rule, Tap
from bus.config.routes import RoutesFile
from bus.config.values import ANY


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


@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True, slots=True)
class _Conditions:
    """All a rule asks, compiled to sets of canonical codes and words."""

    recipient: _Condition
    others: tuple[_Condition, ...]

    def holds(self, facts: Mapping[str, str]) -> bool:
        return all(condition.holds(facts[condition.field]) for condition in self.others)

    def failed(self, facts: Mapping[str, str]) -> Iterator[_Condition]:
        for condition in (self.recipient, *self.others):
            if not condition.holds(facts[condition.field]):
                yield condition


class Router:
    """Answers by one version of the routes. Immutable; safe to share between threads."""

    def __init__(self, routes: RoutesFile, agencies: Agencies) -> None:
        self._agencies = agencies
        book = _Book(routes, agencies)
        self._rules = tuple((rule, book.compiled(rule.when)) for rule in routes.routes)
        self._taps = tuple((tap, book.compiled(tap.when)) for tap in routes.taps)
        named = {code for _, conditions in self._rules for code in conditions.recipient.allowed or ()}
        self._by_recipient = {code: tuple(self._asking(code)) for code in named}
        self._for_the_rest = tuple(rule for rule in self._rules if rule[1].recipient.allowed is None)

    def match(self, subject: Routable, recipient: str, at: int) -> Match | NoRoute:
        """Who takes this message for this recipient at this instant (microseconds)."""
        code = self._agencies.canonical(recipient)
        if closed := self._agencies.closed(code, at):
            return NoRoute(code, Why.CLOSED, closed.successor)
        facts = self._facts(subject, code)
        for rule, conditions in self._by_recipient.get(code, self._for_the_rest):
            if conditions.holds(facts):
                return Match(code, rule, self._agencies.partner_of(code))
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
        facts = [self._facts(subject, self._agencies.canonical(code)) for code in recipients]
        return tuple(tap for tap, conditions in self._taps if any(not any(conditions.failed(fact)) for fact in facts))

    def _asking(self, code: str) -> Iterator[tuple[Rule, _Conditions]]:
        return (rule for rule in self._rules if rule[1].recipient.holds(code))

    def _facts(self, subject: Routable, recipient: str) -> dict[str, str]:
        sender = self._agencies.canonical(subject.sender)
        return {"recipient": recipient, "sender": sender, "type": subject.type, "kind": subject.kind}

    def _tried(self, facts: Mapping[str, str]) -> Iterator[Tried]:
        for rule, conditions in self._rules:
            failed = [f"{item.field} {facts[item.field]} is not {item.written}" for item in conditions.failed(facts)]
            yield Tried(rule.name, not failed, "; ".join(failed) or "all its conditions hold")
            if not failed:
                return


@dataclass(frozen=True, slots=True)
class _Book:
    """Compiles conditions with the names and codes of one version."""

    routes: RoutesFile
    agencies: Agencies

    def compiled(self, when: When) -> _Conditions:
        others = (
            self._agencies_in("sender", when.sender),
            _words("type", when.type),
            _words("kind", when.kind),
        )
        asked = tuple(condition for condition in others if condition.allowed is not None)
        return _Conditions(self._agencies_in("recipient", when.recipient), asked)

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
