"""The table of all questions and orders, and how one is carried out: checked, done, and, if an order, audited."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from types import MappingProxyType
from typing import Any

import orjson
from pydantic import ValidationError, validate_call

from bus.control import (
    account,
    detained,
    directory,
    endpoints,
    keeping,
    listing,
    orders,
    overview,
    recovery,
    replay,
    routing,
    sending,
    trace,
)
from bus.control.failures import described
from bus.control.parts import Parts
from bus.errors import BusError, NotFound, Rejected
from bus.journal.notes import Deed

Act = Callable[..., Any]

QUESTIONS: Mapping[str, Act] = MappingProxyType(
    {
        "status": overview.status,
        "messages": listing.messages,
        "count": listing.count,
        "dead": listing.dead,
        "trace": trace.trace,
        "quarantine": detained.quarantine,
        "recovery": recovery.recovery,
        "retention": keeping.retention,
        "legal_holds": keeping.legal_holds,
        "verify": account.verify,
        "verify_bodies": account.bodies,
        "days": account.days,
        "agencies": directory.find,
        "agency": directory.show,
        "check": routing.check,
        "route": routing.route,
    }
)
ORDERS: Mapping[str, Act] = MappingProxyType(
    {
        "replay": replay.replay,
        "resend": orders.resend,
        "hold": orders.hold,
        "release": orders.release,
        "cancel": orders.cancel,
        "settle": orders.settle,
        "decide": detained.decide,
        "ask_restored": recovery.ask,
        "release_restored": recovery.release,
        "backed_up": keeping.backed_up,
        "hold_legally": keeping.hold_legally,
        "lift_legally": keeping.lift_legally,
        "pause": endpoints.pause,
        "resume": endpoints.resume,
        "send": sending.send,
        "reload": routing.reload,
        "refresh": directory.refresh,
    }
)
#: As much of an order's words as is kept.
_DETAIL = 2000


def call(parts: Parts, who: str, name: str, arguments: Mapping[str, Any]) -> Any:
    """Carry out a question or an order with JSON arguments; gives JSON. Raises BusError."""
    asked = replace(parts, who=who)
    if name in QUESTIONS:
        return _act(QUESTIONS[name], asked, arguments)
    if name in ORDERS:
        return _audited(ORDERS[name], asked, name, arguments)
    raise NotFound(f"there is no {name}; there are {', '.join([*QUESTIONS, *ORDERS])}")


def _audited(act: Act, parts: Parts, name: str, arguments: Mapping[str, Any]) -> Any:
    """An order leaves its mark whether it was carried out or refused; the mark is on disk before the answer."""
    outcome = "failed"
    try:
        result = _act(act, parts, arguments)
        outcome = _outcome(result)
    except BusError as error:
        outcome = f"refused: {described(error)['code']}"
        raise
    finally:
        detail = orjson.dumps(arguments, default=str).decode()[:_DETAIL]
        parts.journal.note_deed(Deed(parts.who, name, detail, outcome)).result()
    return result


def _act(act: Act, parts: Parts, arguments: Mapping[str, Any]) -> Any:
    try:
        return validate_call(partial(act, parts))(**arguments)
    except ValidationError as error:
        raise Rejected("request.invalid", _complaints(error)) from None


def _complaints(error: ValidationError) -> str:
    return "; ".join(
        f"{'.'.join(map(str, one['loc']))}: {one['msg']}"
        for one in error.errors(include_url=False, include_input=False)
    )


def _outcome(result: Any) -> str:
    if isinstance(result, dict) and {"done", "refused"} <= result.keys():
        return f"{result['done']} done, {result['refused']} refused"
    return "done"
