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
    aggregates,
    alerting,
    auditing,
    backing,
    bodies,
    calendars,
    detained,
    detour,
    directory,
    doubts,
    editing,
    endpoints,
    expecting,
    groups,
    holds,
    importing,
    keeping,
    letters,
    listing,
    orders,
    overview,
    partners,
    recovery,
    remote,
    reopening,
    replay,
    replays,
    reports,
    rotating,
    routing,
    sdmx,
    sending,
    statements,
    trace,
    waiving,
)
from bus.control.brought import Brought
from bus.control.failures import described
from bus.control.mark import Mark
from bus.control.parts import Parts
from bus.errors import BusError, NotFound, Rejected
from bus.journal.chain import Deed

Act = Callable[..., Any]

QUESTIONS: Mapping[str, Act] = MappingProxyType(
    {
        "status": overview.status,
        "messages": listing.messages,
        "count": listing.count,
        "dead": listing.dead,
        "groups": groups.groups,
        "group": groups.group,
        "letter": letters.letter,
        "doubts": doubts.doubts,
        "endpoints": overview.endpoints,
        "trace": trace.trace,
        "quarantine": detained.quarantine,
        "recovery": recovery.recovery,
        "retention": keeping.retention,
        "legal_holds": keeping.legal_holds,
        "backups": backing.backups,
        "verify": account.verify,
        "holds": holds.holds,
        "edits": editing.edits,
        "audit": auditing.audit,
        "audit_head": auditing.head,
        "audit_chain": auditing.follow,
        "alerts": alerting.alerts,
        "statement": statements.statement,
        "expectations": expecting.expectations,
        "reports_due": reports.due,
        "reports_overdue": reports.overdue,
        "reports_show": reports.show,
        "reports_calendar": reports.calendar,
        "reports_feed": calendars.feed,
        "reports_structure": sdmx.structured,
        "reports_waived": reports.waived,
        "reports_reopened": reopening.reopened,
        "reports_aggregates": aggregates.aggregates,
        "reports_trace": aggregates.trace,
        "verify_bodies": account.bodies,
        "verify_there": remote.there,
        "days": account.days,
        "agencies": directory.find,
        "agency": directory.show,
        "replays": replays.replays,
        "replay_show": replays.show,
        "replay_copies": replays.copies,
        "partner": partners.shown,
        "check": routing.check,
        "route": routing.route,
    }
)
ORDERS: Mapping[str, Act] = MappingProxyType(
    {
        "replay": replay.replay,
        "replay_pause": replays.pause,
        "replay_resume": replays.resume,
        "replay_stop": replays.stop,
        "resend": replay.resend,
        "hold": orders.hold,
        "release": orders.release,
        "cancel": orders.cancel,
        "settle": orders.settle,
        "mark": groups.mark,
        "redirect": detour.redirect,
        "return": detour.give_back,
        "skip": detour.skip,
        "readdress": detour.readdress,
        "stand": holds.stand,
        "lift": holds.lift,
        "decide": detained.decide,
        "ask_restored": recovery.ask,
        "release_restored": recovery.release,
        "backup": backing.backup,
        "backed_up": keeping.backed_up,
        "hold_legally": keeping.hold_legally,
        "lift_legally": keeping.lift_legally,
        "pause": endpoints.pause,
        "resume": endpoints.resume,
        "send": sending.send,
        "body": bodies.body,
        "edit": editing.edit,
        "edited": editing.show,
        "approve": editing.approve,
        "reload": routing.reload,
        "refresh": directory.refresh,
        "snooze_alert": alerting.snooze,
        "try_channel": alerting.try_channel,
        "reports_remind": reports.remind_now,
        "reports_release": aggregates.release,
        "reports_export": sdmx.export,
        "reports_import": sdmx.bring_in,
        "reports_waive": waiving.waive,
        "reports_reinstate": waiving.reinstate,
        "reports_reopen": reopening.reopen,
        "reports_close": reopening.close,
        "import_partners": importing.import_partners,
        "rotate_secret": rotating.rotate,
        "retire_secret": rotating.retire,
        "try_partner": partners.attempt,
    }
)
#: These are about a ``file``, of a format of ``schemas.reader``: one of the machine for who is on it; from afar its bytes come along.
CARRYING: Mapping[str, str] = MappingProxyType({"send": "edxml", "edit": "either", "route": "either"})
#: These are said of what was done on the machine, or name a folder or file of it, so only who is on it may say them.
NEAR = frozenset({"backed_up", "import_partners", "rotate_secret", "reports_import"})
#: The text of a routes file: what is odd in it is told as a finding, at its place.
_OF_FILE = "text"
#: As much of an order's words as is kept.
_DETAIL = 2000


def call(parts: Parts, who: str, name: str, arguments: Mapping[str, Any], brought: Brought | None = None) -> Any:
    """Carry out a question or an order with JSON arguments, and a file that came along; gives JSON. Raises BusError."""
    asked = replace(parts, who=who, mark=Mark(), brought=brought)
    for argument, value in arguments.items():
        if argument != _OF_FILE and _has_nul(value):
            raise Rejected("request.invalid", f"{argument}: a NUL character stands in it")
    if name in QUESTIONS:
        return _act(QUESTIONS[name], asked, arguments)
    if name in ORDERS:
        return _audited(ORDERS[name], asked, name, arguments)
    raise NotFound(f"there is no {name}; there are {', '.join([*QUESTIONS, *ORDERS])}")


def _has_nul(value: object) -> bool:
    """Whether a NUL stands in it anywhere: no name and no word has one, and PostgreSQL has no place for it."""
    if isinstance(value, str):
        return "\0" in value
    if isinstance(value, Mapping):
        return any(map(_has_nul, (*value.keys(), *value.values())))
    return isinstance(value, list | tuple) and any(map(_has_nul, value))


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
        reason = str(arguments.get("reason") or "")[:_DETAIL]
        before, after = parts.mark.texts()
        parts.journal.note_deed(Deed(parts.who, name, detail, outcome, reason, before, after)).result()
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
