"""The way in. ``accept`` is the whole story: check, route, one shared commit, then tickets and receipt.

Parsing, checks and routing happen on the caller's side. Identity is decided in the transaction; it is
looked up here only where there is a reason to refuse, because what was accepted before is never refused
when it comes again (semantics 1).
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Protocol

from bus.config import RoutesFile
from bus.config.models import MAILBOX
from bus.directory import Directory
from bus.errors import Rejected
from bus.journal import Journal
from bus.journal.intake import Intake, Placement
from bus.journal.states import Reason
from bus.message import Inbound, Receipt
from bus.router import Match, NoRoute, Routable, Router


@dataclass(frozen=True, slots=True)
class Plan:
    """One version of the routes with what was made of it; swapped whole when the file changes."""

    routes: RoutesFile
    directory: Directory
    router: Router
    #: Kinds of endpoint whose sink carries all recipients of a message in one call.
    one_call: frozenset[str]


Place = Placement | NoRoute


class PlanHolder(Protocol):
    """Who knows the plan in force."""

    @property
    def plan(self) -> Plan: ...


class Ingress:
    """Accepts messages under the plan in force. Safe to use from many threads."""

    def __init__(self, journal: Journal, holder: PlanHolder) -> None:
        self._journal = journal
        self._holder = holder

    def accept(self, inbound: Inbound) -> Future[Receipt]:
        """Take a message in. The future gives the receipt once it is on disk, or raises Rejected.

        Nothing of a refused message is stored, and it takes no identity.
        """
        try:
            return self._journal.accept(self._prepare(inbound, self._holder.plan))
        except Rejected as refusal:
            return _failed(refusal)

    def _prepare(self, inbound: Inbound, plan: Plan) -> Intake:
        sender = plan.directory.canonical(inbound.content.sender)
        recipients = _recipients(inbound, plan.directory)
        places = [_place(inbound, recipient, plan, self._journal.clock.now()) for recipient in recipients]
        if problem := self._problem(inbound, sender, places, plan):
            places = self._left_to_place(inbound, sender, places, problem)
        return Intake(
            inbound=inbound,
            sender=sender,
            responds_to=plan.directory.canonical(inbound.content.respond_to) if inbound.content.respond_to else "",
            placements=tuple(place for place in places if isinstance(place, Placement)),
            taps=_taps(inbound, recipients, plan),
            routes_version=plan.routes.version,
        )

    def _problem(self, inbound: Inbound, sender: str, places: Sequence[Place], plan: Plan) -> Rejected | None:
        """The first reason why this message may not come in this way."""
        problem = _not_theirs(inbound, sender, plan) or _secret(inbound, plan) or _unplaced(places)
        if problem or inbound.from_source:
            return problem
        return _late(inbound, self._journal.clock.now()) or _too_large(inbound, places, plan)

    def _left_to_place(self, inbound: Inbound, sender: str, places: list[Place], problem: Rejected) -> list[Place]:
        """What there is to place of a message with a problem: nothing, if it was accepted before. Else raises the problem."""
        known = self._journal.reads.known(inbound.call_key, sender, inbound.content)
        if known.call:
            return []
        if (
            problem.code != "agency.not_yours"
            and known.event
            and all(place.recipient in known.recipients for place in places)
        ):
            return []
        raise problem


def _recipients(inbound: Inbound, directory: Directory) -> list[str]:
    """Canonical codes in order, each once; the caller's word goes before the body's."""
    named = inbound.recipients or inbound.content.recipients
    return list(dict.fromkeys(directory.canonical(code) for code in named))


def _place(inbound: Inbound, recipient: str, plan: Plan, now: int) -> Place:
    match = plan.router.match(_routable(inbound), recipient, now)
    if isinstance(match, Match):
        back = inbound.from_source and match.endpoint == inbound.came_by.door and not match.rule.may_return
        kind = plan.routes.endpoints[match.endpoint].kind
        return Placement(
            match.recipient,
            match.endpoint,
            match.rule.name,
            mailbox=kind == MAILBOX,
            one_call=kind in plan.one_call,
            held=Reason.LOOP if back else "",
        )
    return Placement(match.recipient, dead=match.why) if inbound.from_source else match


def _routable(inbound: Inbound) -> Routable:
    return Routable(inbound.content.type, inbound.content.kind, inbound.content.sender)


def _taps(inbound: Inbound, recipients: Sequence[str], plan: Plan) -> tuple[Placement, ...]:
    return tuple(Placement("", tap.to, tap.name) for tap in plan.router.taps(_routable(inbound), recipients))


def _not_theirs(inbound: Inbound, sender: str, plan: Plan) -> Rejected | None:
    """At a door a partner speaks for its own agencies only."""
    partner = inbound.came_by.partner
    if not partner or plan.directory.partner_of(sender) == partner:
        return None
    return Rejected(
        "agency.not_yours", f"{inbound.content.sender} is not an agency of {partner}", agency=inbound.content.sender
    )


def _secret(inbound: Inbound, plan: Plan) -> Rejected | None:
    if inbound.secrecy != "normal":
        return Rejected("secrecy.marked", "the caller says so")
    for marker in plan.routes.secrecy_markers:
        if any(marker.marks(element, text) for element, text in inbound.content.header):
            return Rejected("secrecy.marked", f"by the element {marker.element}", element=marker.element)
    return None


def _late(inbound: Inbound, now: int) -> Rejected | None:
    return Rejected("expired") if inbound.expires_at is not None and inbound.expires_at <= now else None


def _unplaced(places: Sequence[Place]) -> Rejected | None:
    """All or nothing: every recipient that nothing takes, in one refusal (semantics 2)."""
    if not places:
        return Rejected("recipient.none")
    missing = [place for place in places if isinstance(place, NoRoute)]
    if not missing:
        return None
    named = ", ".join(
        f"{item.recipient} ({item.why}{', now ' + item.successor if item.successor else ''})" for item in missing
    )
    return Rejected(missing[0].why, named, recipients=[item.recipient for item in missing])


def _too_large(inbound: Inbound, places: Sequence[Place], plan: Plan) -> Rejected | None:
    """Too large for a destination it would be sent to: said now, not after acceptance."""
    for name in {place.endpoint for place in places if isinstance(place, Placement) and place.endpoint}:
        limit = plan.routes.endpoints[name].max_bytes
        if limit is not None and inbound.claim.size > limit:
            return Rejected(
                "body.too_large", f"{inbound.claim.size} bytes; {name} takes {limit}", endpoint=name, limit=limit
            )
    return None


def _failed(refusal: Rejected) -> Future[Receipt]:
    future: Future[Receipt] = Future()
    future.set_exception(refusal)
    return future
