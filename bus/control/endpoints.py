"""Orders on endpoints: stop calling one, and go on."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from bus import breaker
from bus.config.models import MAILBOX
from bus.control import shown
from bus.control.answers.orders import EndpointCondition
from bus.control.parts import Parts
from bus.errors import NotFound, Rejected
from bus.journal.notes import Condition


def pause(parts: Parts, endpoint: str, reason: str = "") -> EndpointCondition:
    """Send nothing to an endpoint until it is resumed; what is under way ends, the rest waits in the journal."""
    _check(parts, endpoint)
    return _change(parts, endpoint, partial(breaker.paused, by=parts.who, reason=reason, now=parts.clock.now()))


def resume(parts: Parts, endpoint: str) -> EndpointCondition:
    """Let an endpoint go on, its breaker closed."""
    _check(parts, endpoint)
    return _change(parts, endpoint, breaker.resumed)


def _change(parts: Parts, endpoint: str, change: Callable[[Condition], Condition]) -> EndpointCondition:
    before = shown.condition(parts.gates.condition(endpoint))
    after = shown.condition(parts.gates.change(endpoint, change))
    parts.mark.change(before, after)
    return {"endpoint": endpoint, **after}


def _check(parts: Parts, endpoint: str) -> None:
    known = parts.holder.plan.routes.endpoints
    if endpoint not in known:
        raise NotFound(f"there is no endpoint {endpoint}; there are {', '.join(sorted(known))}")
    if known[endpoint].kind == MAILBOX:
        raise Rejected("request.invalid", f"{endpoint} is a mailbox, which is never called: hold its copies instead")
