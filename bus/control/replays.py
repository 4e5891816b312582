"""Replays that were begun: how far they are, what became of each copy, and the word on how they go on."""

from __future__ import annotations

from typing import Annotated

import orjson
from pydantic import Field

from bus.clock import MICROS, iso
from bus.control.answers.replays import ReplayedCopies, ReplayedCopy, Replays, ReplayTold, Terms
from bus.control.parts import Parts
from bus.errors import NotFound
from bus.journal.release import AT_MOST
from bus.journal.replay_reads import Entry, Progress
from bus.journal.replays import Phase, Replay, Word

#: Over how many seconds the speed is taken.
_SPEED = 30


def replays(parts: Parts, limit: Annotated[int, Field(ge=1, le=1000)] = 50) -> Replays:
    """The newest replays, each with how far it is."""
    return {"replays": [_shown(parts, plan) for plan in parts.journal.replays.plans(limit)]}


def show(parts: Parts, id: str) -> ReplayTold:  # noqa: A002 - the word of the question
    """One replay: what was asked, how far it is, and when it will be through as it goes now."""
    return _shown(parts, _plan(parts, id))


def copies(
    parts: Parts,
    id: str,  # noqa: A002 - the word of the question
    after: int = 0,
    limit: Annotated[int, Field(ge=1, le=10_000)] = 1000,
) -> ReplayedCopies:
    """What became of each copy, in their order. ``next`` is the ``after`` of the following page, if there is one."""
    rows = parts.journal.replays.entries(_plan(parts, id).id, after, limit)
    return {"copies": list(map(_entry, rows)), "next": rows[-1].place if len(rows) == limit else None}


def pause(parts: Parts, id: str, reason: str = "") -> ReplayTold:  # noqa: A002 - the word of the order
    """Let nothing more go; what has gone goes on."""
    return _said(parts, id, "pause", reason)


def resume(parts: Parts, id: str, reason: str = "") -> ReplayTold:  # noqa: A002 - the word of the order
    """Go on: slowly again where it began so, and with another canary where the first did not arrive."""
    return _said(parts, id, "resume", reason)


def stop(parts: Parts, id: str, reason: str = "") -> ReplayTold:  # noqa: A002 - the word of the order
    """Let nothing more go, ever; what has not gone is free for other replays."""
    told_ = _said(parts, id, "stop", reason)
    while parts.journal.replaying.let_go(id).result() >= AT_MOST:
        pass
    return told_


def _said(parts: Parts, id_: str, word: str, reason: str) -> ReplayTold:
    plan = parts.journal.replaying.say(Word(id_, word, parts.who, reason)).result()
    if parts.on_replay:
        parts.on_replay()
    return _shown(parts, plan)


def _plan(parts: Parts, id_: str) -> Replay:
    plan = parts.journal.replays.plan(id_)
    if plan is None:
        raise NotFound(f"there is no replay {id_}")
    return plan


def _shown(parts: Parts, plan: Replay) -> ReplayTold:
    now = parts.clock.now()
    since = max(plan.since, now - _SPEED * MICROS)
    progress = parts.journal.replays.progress(plan.id, since)
    return {
        "replay": plan.id,
        "verb": plan.verb,
        "by": plan.by,
        "reason": plan.reason,
        "asked": orjson.loads(plan.asked),
        **_terms(plan),
        "state": str(plan.state),
        "said_by": plan.said_by,
        "why": plan.why,
        "count": progress.count,
        "planned": progress.planned,
        "out": progress.out,
        "outcomes": dict(progress.ended),
        "seconds_left": _seconds_left(plan, progress, (now - since) / MICROS),
        "waits_for_daemon": parts.on_replay is None and plan.ended_at is None,
        "created_at": iso(plan.created_at),
        "changed_at": iso(plan.changed_at),
        "ended_at": iso(plan.ended_at),
    }


def _terms(plan: Replay) -> Terms:
    terms = plan.terms
    return {
        "rate": terms.rate,
        "canary": terms.canary,
        "ask": terms.ask,
        "ramp": terms.ramp,
        "stop_at": terms.stop_at,
        "out_of_order_too": terms.late,
    }


def _seconds_left(plan: Replay, progress: Progress, seconds: float) -> float | None:
    """Until all have gone: at the speed of the last half minute, or as it was told to go; None where it does not go on."""
    if plan.state != Phase.RUNNING:
        return None
    speed = progress.lately / seconds if progress.lately and seconds > 0 else plan.terms.rate
    return round(progress.planned / speed, 1)


def _entry(one: Entry) -> ReplayedCopy:
    return {
        "place": one.place,
        "copy": one.copy,
        "sent_as": one.sent,
        "document_id": one.document_id,
        "recipient": one.recipient,
        "endpoint": one.endpoint,
        "outcome": one.outcome,
        "note": one.note,
        "state": one.state,
        "reason": one.reason,
        "released_at": iso(one.released_at),
        "ended_at": iso(one.ended_at),
    }
