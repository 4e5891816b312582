"""The way in. ``accept`` is the whole story: check, route, one shared commit, then tickets and receipt.

Parsing, checks and routing happen on the caller's side. Identity is decided in the transaction; it is
looked up here only where there is a reason to refuse, because what was accepted before is never refused
when it comes again (semantics 1).
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future

from bus.correlation import About, correlate, correlated
from bus.directory import Directory
from bus.errors import Rejected
from bus.journal import Journal
from bus.journal.event import Event
from bus.journal.intake import Intake
from bus.journal.operate import Way
from bus.journal.placement import Placement
from bus.message import Inbound, Receipt
from bus.placing import Place, Subject, place
from bus.plan import Plan, PlanHolder
from bus.router import NoRoute, Routable


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

    def place_again(self, event: Event, recipient: str) -> Way:
        """Where a copy that went nowhere goes under the plan in force; its placement is dead where that is still nowhere."""
        plan, reads = self._holder.plan, self._journal.reads
        body = reads.body(event.body)
        subject = Subject(
            routable=Routable(event.type, event.kind, event.sender),
            came_by=event.message().came_by,
            size=body.size if body else 0,
            about=correlated(event, plan.directory, reads),
            from_source=True,
        )
        place_ = place(subject, plan.directory.canonical(recipient), plan, self._journal.clock.now())
        assert isinstance(place_, Placement)
        return Way(place_, plan.routes.version)

    def _prepare(self, inbound: Inbound, plan: Plan) -> Intake:
        content, directory, now = inbound.content, plan.directory, self._journal.clock.now()
        senders = directory.spellings(content.sender)
        recipients = _recipients(inbound, directory)
        subject = _subject(inbound, correlate(inbound, directory, self._journal.reads))
        places = [place(subject, recipient, plan, now) for recipient in recipients]
        if problem := _problem(inbound, subject, places, plan, now):
            self._check_known(inbound, senders, places, directory, problem)
            places = []
        return Intake(
            inbound=inbound,
            senders=senders,
            responds_to=directory.spellings(content.respond_to) if content.respond_to else (),
            placements=tuple(item for item in places if isinstance(item, Placement)),
            taps=_taps(subject, recipients, plan),
            routes_version=plan.routes.version,
        )

    def _check_known(
        self, inbound: Inbound, senders: Sequence[str], places: Sequence[Place], directory: Directory, problem: Rejected
    ) -> None:
        """Raise the problem, unless the message was accepted before and makes no new copy."""
        known = self._journal.reads.known(inbound.call_key, senders, inbound.content)
        if known.call:
            return
        have = set(map(directory.canonical, known.recipients))
        if problem.code == "agency.not_yours" or not known.event or any(item.recipient not in have for item in places):
            raise problem


def _problem(inbound: Inbound, subject: Subject, places: Sequence[Place], plan: Plan, now: int) -> Rejected | None:
    """The first reason why this message may not come in this way; from a source only few are one."""
    problem = _not_theirs(inbound, plan) or _secret(inbound, plan)
    if problem or inbound.from_source:
        return problem or _unplaced(places)
    return subject.about.refusal or _unplaced(places) or _late(inbound, now) or _too_large(inbound, places, plan)


def _recipients(inbound: Inbound, directory: Directory) -> list[str]:
    """Canonical codes in order, each once; the caller's word goes before the body's."""
    named = inbound.recipients or inbound.content.recipients
    return list(dict.fromkeys(directory.canonical(code) for code in named))


def _subject(inbound: Inbound, about: About) -> Subject:
    routable = Routable(inbound.content.type, inbound.content.kind, inbound.content.sender)
    return Subject(routable, inbound.came_by, inbound.claim.size, about, inbound.from_source)


def _taps(subject: Subject, recipients: Sequence[str], plan: Plan) -> tuple[Placement, ...]:
    return tuple(Placement("", tap.to, tap.name) for tap in plan.router.taps(subject.routable, recipients))


def _not_theirs(inbound: Inbound, plan: Plan) -> Rejected | None:
    """At a door a partner speaks for its own agencies only."""
    partner = inbound.came_by.partner
    if not partner or plan.directory.partner_of(inbound.content.sender) == partner:
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
    missing = [item for item in places if isinstance(item, NoRoute)]
    if not missing:
        return None
    named = ", ".join(
        f"{item.recipient} ({item.why}{', now ' + item.successor if item.successor else ''})" for item in missing
    )
    return Rejected(missing[0].why, named, recipients=[item.recipient for item in missing])


def _too_large(inbound: Inbound, places: Sequence[Place], plan: Plan) -> Rejected | None:
    """Too large for a destination it would be sent to: said now, not after acceptance."""
    for name in {item.endpoint for item in places if isinstance(item, Placement) and item.endpoint}:
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
