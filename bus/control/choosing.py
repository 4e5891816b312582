"""Which copies go again, and why others do not: one judgement for the preview, the plan and the order of a few."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, NamedTuple

from bus.clock import iso
from bus.config.models import MAILBOX
from bus.control.parts import Parts
from bus.control.which import Which
from bus.endpoint_settings import EndpointSettings, Idempotency
from bus.errors import Rejected
from bus.journal.candidates import Candidate, alike, candidates, oldest
from bus.journal.operate import Way
from bus.journal.pick import Filter
from bus.journal.release import OUT_OF_ORDER
from bus.journal.replays import Verb
from bus.journal.states import State

#: From which states each verb sends.
SENT_FROM: Mapping[Verb, tuple[State, ...]] = {
    "replay": (State.DEAD,),
    "resend": (State.DELIVERED, State.CANCELLED, State.EXPIRED),
}
_ONLY: Mapping[Verb, str] = {
    "replay": "only a dead copy is replayed (a settled one is sent again with resend)",
    "resend": "only what is settled is sent again",
}
#: A code and words for people; both empty for what goes.
Verdict = tuple[str, str]
#: Copies whose ways are looked for at once.
_AT_ONCE = 200


class Judged(NamedTuple):
    """A copy that was asked for. ``late``: it would arrive after something later of its lane. ``code`` and ``words``: why it
    does not go; empty where it does.
    """

    copy: Candidate
    way: Way | None
    late: bool
    code: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True)
class Case:
    """What a judgement goes by. ``endpoints`` is None where no routes can be read."""

    verb: Verb
    late: bool
    now: int
    endpoints: Mapping[str, EndpointSettings] | None


class Choice:
    """What is asked for, and how it is judged. Raises Rejected where nothing is asked for.

    What is named is taken whatever its state, so that each is answered for; a filter finds those in ``states``.
    """

    def __init__(self, parts: Parts, which: Which, verb: Verb, states: Sequence[State], *, late: bool) -> None:
        if which.is_everything:
            raise Rejected("request.invalid", "name copies by id, or by a filter such as endpoint or reason")
        self._parts = parts
        self._store = parts.journal.store
        self._filter = which.filter(parts, () if which.ids else states)
        #: The copies that hold the words, where any are asked for: the tables themselves know nothing of words.
        self._holding = frozenset(parts.browse.ids(self._filter)) if which.text else None
        endpoints = parts.plan.routes.endpoints if parts.plan else None
        self._case = Case(verb, late, parts.clock.now(), endpoints)
        self.which = which
        self.verb = verb

    def each(self) -> Iterator[Judged]:
        """Every copy, newest first."""
        return _judge(self._case, _with_ways(self._parts, self._found()))

    def oldest(self, limit: int) -> list[Judged]:
        """So many, in the order in which they would go."""
        whole = self._holding is None
        found = (oldest(self._store, self._filter, limit) if whole else sorted(self._found())[:limit])[::-1]
        return list(_judge(self._case, _with_ways(self._parts, iter(found))))[::-1]

    def alike(self) -> Iterator[tuple[Judged, int]]:
        """One of each kind, and how many there are of it."""
        counted = self.verb == "replay" and self._holding is None
        kinds = list(alike(self._store, self._filter)) if counted else []
        if not kinds or not all(one.endpoint for one, _ in kinds):  # each has a way of its own, or followers of its own
            yield from ((one, 1) for one in self.each())
            return
        judged = _judge(self._case, ((one, None) for one, _ in kinds))
        yield from zip(judged, (count for _, count in kinds), strict=True)

    def _found(self) -> Iterator[Candidate]:
        found, holding = candidates(self._store, self._filter), self._holding
        return found if holding is None else (one for one in found if one.id in holding)


def unknown(parts: Parts, which: Which, found: Iterable[str]) -> list[str]:
    """Of what was named, that of which there is nothing."""
    known = set(found)
    return [id_ for id_ in which.ids if id_ not in known and not parts.browse.find_message(id_)]


def endpoint_of(one: Judged) -> str:
    """Where it goes."""
    return one.way.placement.endpoint if one.way else one.copy.endpoint


def rule_of(one: Judged) -> str:
    """By which rule."""
    return one.way.placement.rule if one.way else one.copy.rule


def may_come_twice(one: Judged, endpoints: Mapping[str, EndpointSettings]) -> str:
    """Why a partner may get it a second time, as a code; empty where that is not to be feared."""
    if one.copy.state == State.DELIVERED:
        return "delivered"
    if one.copy.doubted:
        return "doubted"
    settings = endpoints.get(endpoint_of(one))
    unsure = settings is not None and settings.kind != MAILBOX and settings.idempotency == Idempotency.NONE
    return "no_contract" if unsure else ""


def _with_ways(parts: Parts, found: Iterator[Candidate]) -> Iterator[tuple[Candidate, Way | None]]:
    """With the way of those that had none when they came. None has one while the routes cannot be read."""
    while portion := list(islice(found, _AT_ONCE)):
        lost = [one.id for one in portion if not one.endpoint and one.state == State.DEAD]
        ways = _ways(parts, lost) if lost and parts.plan else {}
        for one in portion:
            yield one, ways.get(one.id)


def _ways(parts: Parts, ids: Sequence[str]) -> dict[str, Way]:
    listed = parts.browse.copies(Filter(ids=tuple(ids), limit=len(ids)))
    return {one.copy.id: parts.ingress.place_again(one.event, one.copy.recipient) for one in listed}


def _judge(case: Case, found: Iterable[tuple[Candidate, Way | None]]) -> Iterator[Judged]:
    """What is followed by something that is itself sent again is not late. Of what is alike one is looked at."""
    again: set[tuple[int, str]] = set()
    known: dict[tuple[Any, ...], Verdict] = {}
    for one, way in found:
        late = one.overtaken_by is not None and (one.overtaken_by, one.recipient) not in again
        alike = (one.common, way)
        if alike not in known:
            known[alike] = _why_not(case, one, way) or _GOES
        verdict = known[alike]
        code, words = _LATE if late and not case.late and verdict is _GOES else verdict
        if not code and case.verb == "resend":
            again.add((one.event, one.recipient))
        yield Judged(one, way, late, code, words)


_GOES: Verdict = ("", "")
_LATE: Verdict = ("out_of_order", OUT_OF_ORDER)


def _why_not(case: Case, one: Candidate, way: Way | None) -> Verdict | None:
    """Code and words of the first reason."""
    if one.state not in SENT_FROM[case.verb] or (case.verb == "resend" and one.kind == "resend"):
        return f"not_{'dead' if case.verb == 'replay' else 'settled'}", f"it is {one.state}; {_ONLY[case.verb]}"
    return _elsewhere(one) or _spent(case, one) or _no_way(case, one, way)


def _elsewhere(one: Candidate) -> Verdict | None:
    if one.replay:
        return "planned", f"it stands in replay {one.replay}"
    return ("sent_again", "it is being sent again already") if one.again else None


def _spent(case: Case, one: Candidate) -> Verdict | None:
    if one.recalled_by:
        return "recalled", f"it was recalled by {one.recalled_by}"
    if one.body_gone:
        return "body_gone", "its body is kept no more"
    if one.expires_at is not None and one.expires_at <= case.now:
        return "expired", f"it was to arrive before {iso(one.expires_at)}"
    return None


def _no_way(case: Case, one: Candidate, way: Way | None) -> Verdict | None:
    if one.endpoint:
        known = case.endpoints is None or one.endpoint in case.endpoints
        return None if known else ("endpoint_gone", f"its endpoint {one.endpoint} is not in the routes any more")
    if way is None or not way.placement.endpoint:
        return "no_route", f"it has no route: {way.placement.dead if way else one.reason}"
    if way.placement.held:
        return "goes_back", f"its route leads back where it came from, to {way.placement.endpoint}"
    return None
