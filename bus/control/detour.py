"""Orders on what cannot go its way: to another endpoint, back to its sender, on without it, or sooner."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future
from typing import Annotated, Literal

from pydantic import Field

from bus.config.models import MAILBOX
from bus.control import shown
from bus.control.answers.holds import Redirected, WouldRedirect
from bus.control.answers.orders import Carried, CarriedOut
from bus.control.orders import PORTION, carry, report
from bus.control.parts import Parts
from bus.control.which import Which, frozen
from bus.errors import NotFound, Rejected
from bus.journal.detour import may_have_it, why_not_redirected
from bus.journal.envelope import Readdress
from bus.journal.lane_reads import behind
from bus.journal.operate import Done, Order, Way
from bus.journal.pick import Filter, Listed
from bus.journal.placement import Placement
from bus.journal.states import State
from bus.plan import Plan
from bus.router import Match, Routable

_S = State
_MOVABLE = (_S.DEAD, _S.HELD, _S.QUEUED, _S.WAITING)
_TWICE = "somebody may have it, and would have it twice; say yes to redirect it all the same"


def redirect(
    parts: Parts, which: Which, to: str, reason: str = "", dry_run: bool = False, yes: bool = False
) -> CarriedOut | WouldRedirect:
    """Send copies to another endpoint, with what waits behind them in their lanes. ``dry_run`` only tells what would be;
    ``yes`` also takes what somebody may have.
    """
    plan = parts.holder.plan
    if to not in plan.routes.endpoints:
        raise NotFound(f"there is no endpoint {to}; there are {', '.join(sorted(plan.routes.endpoints))}")
    ids = frozen(parts, which, _MOVABLE)
    done, rows = list[Done](), list[Redirected | Carried]()
    for portion in _portions(parts, ids):
        found = {one.copy.id: one for one in parts.browse.copies(Filter(ids=tuple(portion), limit=len(portion)))}
        ways = {id_: _way(parts, plan, listed, to, yes=yes) for id_, listed in found.items()}
        if dry_run:
            rows += [_previewed(id_, found.get(id_), ways.get(id_)) for id_ in portion]
        else:
            gone = parts.journal.redirect(Order(tuple(portion), parts.who, reason, ways=ways)).result()
            parts.mark.copies(gone)
            done += gone
    return {"count": len(rows), "copies": rows} if dry_run else report(done)


def give_back(parts: Parts, which: Which, reason: str) -> CarriedOut:
    """Give copies up and tell their sender so, by a status 02 of the bus's own code with the reason in it."""
    if not reason.strip():
        raise Rejected("request.invalid", "say why: the sender is told")
    if not parts.settings.agency_code:
        raise Rejected(
            "request.invalid", "BUS_AGENCY_CODE is not set, so no sender can be told: cancel the copies instead"
        )
    return carry(parts, parts.journal.give_back, frozen(parts, which, (*_MOVABLE, _S.OFFERED)), reason)


def skip(parts: Parts, which: Which, reason: str = "") -> CarriedOut:
    """Let what waits behind dead copies go without them."""
    return carry(parts, parts.journal.skip, frozen(parts, which, [_S.DEAD]), reason)


def readdress(
    parts: Parts,
    which: Which,
    reason: str = "",
    priority: Annotated[int | None, Field(ge=0, le=4)] = None,
    expires: int | Literal["never"] | None = None,
) -> CarriedOut:
    """Another urgency (0 to 4), or another expiry of the message (microseconds since 1970), for what is not settled."""
    if priority is None and expires is None:
        raise Rejected("request.invalid", "name a priority or an expiry")
    until = None if expires == "never" else expires

    def act(order: Order) -> Future[list[Done]]:
        wanted = Readdress(
            order.copies, order.by, reason, priority=priority, expires=expires is not None, expires_at=until
        )
        return parts.journal.readdress(wanted)

    told = carry(parts, act, frozen(parts, which, (*_MOVABLE, _S.OFFERED)), reason)
    parts.mark.change({}, {"priority": priority, "expires": expires} if told["done"] else {})
    return told


def _portions(parts: Parts, ids: Sequence[str]) -> list[list[str]]:
    """The copies with what stands behind them, so that an original goes before its update and neither without the other."""
    cut = [list(ids[start : start + PORTION]) for start in range(0, len(ids), PORTION)]
    known = set(ids)
    later = dict.fromkeys(id_ for portion in cut for id_ in behind(parts.journal.store, portion) if id_ not in known)
    rest = list(later)
    return [*cut, *(rest[start : start + PORTION] for start in range(0, len(rest), PORTION))]


def _previewed(id_: str, listed: Listed | None, way: Way | None) -> Redirected | Carried:
    if listed is None:
        return {"copy": id_, "state": "", "refused": "no such copy"}
    return {**shown.copy(listed), "refused": why_not_redirected(listed.copy, way)}


def _way(parts: Parts, plan: Plan, listed: Listed, to: str, *, yes: bool) -> Way:
    """The way to an endpoint; a dead one that says why not."""
    copy, settings = listed.copy, plan.routes.endpoints[to]
    placement = Placement(
        copy.recipient,
        to,
        copy.rule,
        mailbox=settings.kind == MAILBOX,
        one_call=settings.kind in plan.one_call,
        dead=_why_not_there(parts, plan, listed, to) or ("" if yes or not may_have_it(copy) else _TWICE),
        spellings=plan.directory.spellings(copy.recipient),
    )
    return Way(placement, plan.routes.version)


def _why_not_there(parts: Parts, plan: Plan, listed: Listed, to: str) -> str:
    """What stands in the way of a message at an endpoint; empty where nothing does."""
    settings, recipient = plan.routes.endpoints[to], listed.copy.recipient
    if settings.kind == MAILBOX and plan.directory.partner_of(recipient) is None:
        return f"nobody fetches for {recipient} from {to}"
    if _goes_back(parts, plan, listed, to):
        return f"it came from there, and no rule that takes it to {to} says return: true"
    if settings.max_bytes is not None:
        body = parts.journal.reads.body(listed.copy.body)
        if body and body.size > settings.max_bytes:
            return f"it has {body.size} bytes; {to} takes {settings.max_bytes}"
    return ""


def _goes_back(parts: Parts, plan: Plan, listed: Listed, to: str) -> bool:
    """Whether it would go to the endpoint or the partner it came from, and its route does not say that it may."""
    event, recipient = listed.event, listed.copy.recipient
    back = event.partner == plan.directory.partner_of(recipient) if event.partner else event.door == to
    if not back:
        return False
    match = plan.router.match(Routable(event.type, event.kind, event.sender), recipient, parts.clock.now())
    return not (isinstance(match, Match) and match.endpoint == to and match.rule.may_return)
