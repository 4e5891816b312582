"""Standing holds: what comes by a route, from a sender or for an endpoint is born held until somebody lifts that."""

from __future__ import annotations

from bus.clock import iso
from bus.control.answers.holds import Holds, HoldTold, Lifted
from bus.control.orders import carry_out
from bus.control.parts import Parts
from bus.errors import NotFound, Rejected
from bus.journal.hold import Hold
from bus.journal.holds import Lift, Standing


def holds(parts: Parts) -> Holds:
    """The holds that stand, and how many copies were born held under any."""
    reads = parts.journal.holds
    return {"holds": [shown(one) for one in reads.standing()], "held": reads.count()}


def stand(parts: Parts, reason: str, rule: str = "", sender: str = "", endpoint: str = "") -> HoldTold:
    """Hold what comes and fits all that is named. What is there already is not touched: hold that by its own order."""
    if not (rule or sender or endpoint):
        raise Rejected("request.invalid", "name a rule, a sender or an endpoint: nothing holds everything")
    plan = parts.holder.plan
    _known("rule", rule, [*(one.name for one in plan.routes.routes), *(tap.name for tap in plan.routes.taps)])
    _known("endpoint", endpoint, list(plan.routes.endpoints))
    code = plan.directory.canonical(sender) if sender else ""
    made = parts.journal.stand(Standing(parts.who, rule, code, endpoint, reason)).result()
    parts.mark.change({}, {"hold": made.id})
    return shown(made)


def lift(parts: Parts, hold: str, release: bool = False, reason: str = "") -> Lifted:
    """Hold no longer what comes. ``release`` also lets go what was born held under it, unless another hold stands for it."""
    lifted = parts.journal.lift(Lift(hold, parts.who)).result()
    parts.mark.change({"hold": hold}, {"lifted": hold})
    free = _free(parts, lifted) if release else []
    return {**shown(lifted), **carry_out(parts, "release", free, reason)}


def shown(hold: Hold) -> HoldTold:
    """A hold as JSON."""
    return {
        "hold": hold.id,
        "rule": hold.rule,
        "sender": hold.sender,
        "endpoint": hold.endpoint,
        "by": hold.by,
        "reason": hold.reason,
        "at": iso(hold.at),
        "lifted_by": hold.lifted_by,
        "lifted_at": iso(hold.lifted_at),
    }


def _free(parts: Parts, lifted: Hold) -> list[str]:
    """What only this hold held."""
    others = parts.journal.holds.standing()
    return [
        one.copy.id
        for one in parts.journal.holds.held(lifted, _spellings(parts, lifted.sender))
        if not any(
            other.fits(one.copy.rule, _spellings(parts, one.event.sender), one.copy.endpoint) for other in others
        )
    ]


def _spellings(parts: Parts, code: str) -> tuple[str, ...]:
    """Every way an agency is written; nothing for nobody."""
    if not code:
        return ()
    return parts.plan.directory.spellings(code) if parts.plan else (code,)


def _known(what: str, name: str, names: list[str]) -> None:
    if name and name not in names:
        raise NotFound(f"there is no {what} {name}; there are {', '.join(sorted(names)) or 'none'}")
