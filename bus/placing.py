"""Where one recipient's copy goes: by the rules, or back the way a document came (semantics 2, 10, 11).

At a door whatever stands in the way is for the caller to hear; from a source it is the copy that bears it.
"""

from __future__ import annotations

from bus.config.models import MAILBOX
from bus.correlation import About
from bus.endpoint_settings import SourceSettings
from bus.journal.placement import Placement
from bus.journal.states import Reason
from bus.message import ReturnAddress
from bus.plan import Plan
from bus.router import Match, NoRoute, Routable
from schemas.value import value

#: Stands in place of a rule's name where a status went back the way its document came; no rule is called so.
RETURN = "(return address)"

Place = Placement | NoRoute


@value
class Subject:
    """What placing looks at of a message."""

    routable: Routable
    came_by: ReturnAddress
    size: int
    about: About
    from_source: bool = False


def place(subject: Subject, recipient: str, plan: Plan, now: int) -> Place:
    """Where the copy for this recipient (a canonical code) goes at this instant (microseconds)."""
    about = subject.about
    if about.refusal and subject.from_source:
        return _dead(recipient, about.refusal.code, plan)
    if about.back and recipient == about.owner:
        return _send_back(subject, recipient, about.back, plan, now)
    return _by_rule(subject, recipient, plan, now)


def _by_rule(subject: Subject, recipient: str, plan: Plan, now: int) -> Place:
    match = plan.router.match(subject.routable, recipient, now)
    if isinstance(match, NoRoute):
        return _dead(match.recipient, match.why, plan) if subject.from_source else match
    endpoint, rule = match.endpoint, match.rule
    if rule.may_return:
        return _at(subject, match.recipient, endpoint, rule.name, plan)
    held = Reason.LOOP if _goes_back(subject, match) else ""
    return _at(subject, match.recipient, endpoint, rule.name, plan, held=held, not_back_to=match.partner or "")


def _send_back(subject: Subject, recipient: str, address: ReturnAddress, plan: Plan, now: int) -> Place:
    """The way the document came: to the endpoint it was fetched from, or to its partner by that one's own way.

    That is the mailbox where the rules name none, or only one to a place behind which many stand.
    """
    if not address.partner and address.door in plan.routes.endpoints:
        echo = subject.from_source and subject.came_by.door == address.door
        return _at(subject, recipient, address.door, RETURN, plan, held=Reason.LOOP if echo else "")
    if not address.partner:
        return _by_rule(subject, recipient, plan, now)
    match = plan.router.match(subject.routable, recipient, now)
    if isinstance(match, Match) and not _is_shared(match, plan):
        return _at(subject, recipient, match.endpoint, match.rule.name, plan)
    mailbox = _mailbox_of(recipient, plan)
    return _at(subject, recipient, mailbox, RETURN, plan) if mailbox else _by_rule(subject, recipient, plan, now)


def _at(
    subject: Subject, recipient: str, endpoint: str, rule: str, plan: Plan, *, held: str = "", not_back_to: str = ""
) -> Placement:
    settings = plan.routes.endpoints[endpoint]
    if subject.from_source and settings.max_bytes is not None and subject.size > settings.max_bytes:
        return _dead(recipient, Reason.TOO_LARGE, plan)
    return Placement(
        recipient,
        endpoint,
        rule,
        mailbox=settings.kind == MAILBOX,
        one_call=settings.kind in plan.one_call,
        held=held,
        spellings=plan.directory.spellings(recipient),
        not_back_to=not_back_to,
    )


def _dead(recipient: str, why: str, plan: Plan) -> Placement:
    return Placement(recipient, dead=why, spellings=plan.directory.spellings(recipient))


def _goes_back(subject: Subject, match: Match) -> bool:
    """Whether it would go to the endpoint or the partner it came from."""
    if subject.from_source:
        return match.endpoint == subject.came_by.door
    return bool(subject.came_by.partner) and match.partner == subject.came_by.partner


def _is_shared(match: Match, plan: Plan) -> bool:
    """Whether many stand behind the endpoint, as behind an axis; such a place is polled."""
    settings = plan.routes.endpoints[match.endpoint]
    return isinstance(settings, SourceSettings) and settings.polled


def _mailbox_of(recipient: str, plan: Plan) -> str:
    """The mailbox, where a partner acts for this agency now, whichever that is; else nothing."""
    if plan.directory.partner_of(recipient) is None:
        return ""
    return next((name for name, settings in plan.routes.endpoints.items() if settings.kind == MAILBOX), "")
