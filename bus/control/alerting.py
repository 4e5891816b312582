"""What people are told: what goes on, who asked not to hear of it, which letters are on their way; and a letter to try."""

from __future__ import annotations

from contextlib import closing
from datetime import timedelta
from typing import Annotated, Any

from pydantic import Field

from bus.alerts.making import Means
from bus.alerts.post import Undelivered
from bus.clock import iso, micros
from bus.config.alerts import Alert
from bus.control.answers.alerts import Alerts, ChannelTried, LetterTold, RuleTold, Snoozed, Thing, Waiting
from bus.control.parts import Parts
from bus.errors import NotFound, Rejected
from bus.journal.alert_reads import AlertReads
from bus.journal.alerting import Letter, Snooze
from bus.message import new_id
from bus.secret import Secrets
from bus.transport.fast import FastTransport

#: Nobody wants to be left in the dark for longer.
_LONGEST = timedelta(days=31)


def alerts(parts: Parts, limit: Annotated[int, Field(ge=1, le=1000)] = 20) -> Alerts:
    """The rules with what goes on of each, and the newest letters."""
    routes, reads, now = parts.holder.plan.routes, AlertReads(parts.journal.store), parts.clock.now()
    rows, snoozes = reads.rows(), reads.snoozes(now)
    things: dict[str, list[Thing]] = {}
    for row in rows:
        thing: Thing = {
            "thing": row.thing,
            "since": iso(row.since),
            "told_at": iso(row.told_at),
            "gone_at": iso(row.gone_at),
        }
        things.setdefault(row.rule, []).append(thing)
    waiting: list[Waiting] = [
        {"channel": channel, "letters": count, "oldest_at": iso(oldest)} for channel, count, oldest in reads.waiting()
    ]
    return {
        "rules": [_rule(rule, snoozes, things.get(rule.name, [])) for rule in routes.alerts],
        "channels": [{"channel": name, "kind": one.kind} for name, one in routes.channels.items()],
        "waiting": waiting,
        "letters": list(map(_letter, reads.letters(limit))),
    }


def snooze(parts: Parts, rule: str, seconds: Annotated[float, Field(ge=0)]) -> Snoozed:
    """Tell nothing of a rule for a while (0: tell again from now on). What goes on is kept, and told after it."""
    known = [one.name for one in parts.holder.plan.routes.alerts]
    if rule not in known:
        raise NotFound(f"there is no alert {rule}; there are {', '.join(known) or 'none'}")
    if seconds > _LONGEST.total_seconds():
        raise Rejected("request.invalid", f"at most {_LONGEST.days} days: take the rule out of routes.yaml instead")
    until = parts.clock.now() + micros(seconds)
    parts.journal.alert("snooze", Snooze(rule, until, parts.who)).result()
    return {"rule": rule, "snoozed_until": iso(until)}


def try_channel(parts: Parts, channel: str) -> ChannelTried:
    """Send a letter to a channel now, beside those that wait. ``error`` says why it was not taken; '' where it was."""
    channels = parts.holder.plan.routes.channels
    if channel not in channels:
        raise NotFound(f"there is no channel {channel}; there are {', '.join(channels) or 'none'}")
    error = ""
    with closing(FastTransport()) as transport:
        secrets, own_code = Secrets(parts.settings.home), parts.settings.agency_code
        carrier = Means(parts.clock, secrets, transport, parts.ingress, own_code).carrier(channels[channel])
        try:
            carrier.carry(_trial(channel, parts))
        except Undelivered as undelivered:
            error = str(undelivered)
    return {"channel": channel, "kind": channels[channel].kind, "taken": not error, "error": error}


def _trial(channel: str, parts: Parts) -> Letter:
    subject = f"[Trục liên thông] THỬ · TEST · {channel}"
    vi = f"Thư thử của kênh báo {channel}, do {parts.who} gửi. Không cần làm gì."
    en = f"A trial of the channel {channel}, sent by {parts.who}. Nothing is to be done."
    return Letter(new_id(), channel, "", "test", subject, f"{vi}\n\n---- English ----\n{en}", made_at=parts.clock.now())


def _letter(one: dict[str, Any]) -> LetterTold:
    return {
        "made_at": iso(one["made_at"]),
        "channel": one["channel"],
        "rule": one["rule"],
        "kind": one["kind"],
        "subject": one["subject"],
        "attempts": one["attempts"],
        "outcome": one["outcome"],
        "words": one["words"],
    }


def _rule(rule: Alert, snoozes: dict[str, int], things: list[Thing]) -> RuleTold:
    return {
        "rule": rule.name,
        "on": rule.on,
        "to": list(rule.to),
        "snoozed_until": iso(snoozes.get(rule.name)),
        "things": things,
    }
