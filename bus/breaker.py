"""A breaker per endpoint: after some failures in a row nothing is sent for a while, then one probe goes. Pure.

A partner that was away and takes connections again gets a probe at once, once an opening: if that fails, it changes
nothing, and the next goes when it would have gone without it.

A refusal counts as a sign of life. A flood of dead copies pauses the endpoint instead: when everything is
refused the fault is likely ours, and dead-lettering the backlog would only hide it.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

from bus.clock import MICROS
from bus.journal.notes import Condition
from schemas.value import value

CLOSED, OPEN = "closed", "open"
#: Who pauses an endpoint that refuses too much.
BUS = "bus"
#: Between the Vietnamese and the English of a reason for which the bus pauses an endpoint.
_BOTH = " · "


@dataclass(frozen=True, slots=True)
class BreakerPolicy:
    """Failures in a row that open it; how long it stays open at first and at the most (seconds);
    dead copies in a row, or a share of the last so many that were settled, that pause the endpoint.
    """

    failures: int = 5
    first: float = 15.0
    cap: float = 300.0
    dead: int = 20
    rate: float | None = None
    over: int = 100


@value
class Sight:
    """What is seen of an endpoint besides its calls. Not kept: after a restart an open breaker's partner counts as away."""

    #: Nobody took connections there when that was last tried.
    away: bool = False
    #: Somebody did since the breaker opened: that is all there is to learn without a call.
    met: bool = False
    #: It was away and is not any more: a probe may go before its time.
    back: bool = False


@dataclass(frozen=True, slots=True)
class Cause:
    """What opens a breaker: the class of the last failure, and its words."""

    failure: str = ""
    words: str = ""


_UNSEEN, _UNTOLD = Sight(), Cause()
#: Letters of the words that are kept.
_LONGEST = 300


def allowance(condition: Condition, now: int, sight: Sight = _UNSEEN) -> int | None:
    """How many calls may be under way: None for no limit, 0 for none, 1 for a probe (half open)."""
    if condition.paused_by:
        return 0
    if condition.breaker == CLOSED:
        return None
    return 1 if _half_open(condition, now) or sight.back else 0


def after_failure(condition: Condition, policy: BreakerPolicy, now: int, cause: Cause = _UNTOLD) -> Condition:
    """The partner could not be reached. Calls that were under way when it opened count no more."""
    if condition.breaker == OPEN and not _half_open(condition, now):
        return condition
    failed = replace(condition, failures=condition.failures + 1)
    if failed.breaker == CLOSED and failed.failures < policy.failures:
        return failed
    times = condition.opened_times + 1
    seconds = min(policy.first * 2 ** min(times - 1, 20), policy.cap)
    return replace(
        failed,
        breaker=OPEN,
        opened_times=times,
        until=now + int(seconds * MICROS),
        opened_for=cause.failure,
        opened_words=cause.words[:_LONGEST],
        opened_at=condition.opened_at or now,
    )


def _half_open(condition: Condition, now: int) -> bool:
    return condition.until is None or condition.until <= now


def to_knock(condition: Condition, sight: Sight) -> bool:
    """Whether a connection, and nothing more, is to be tried there."""
    return condition.breaker == OPEN and not condition.paused_by and not sight.met


def after_knock(sight: Sight, *, taken: bool) -> Sight:
    """A connection was tried. One that is taken says something only where it was not taken before."""
    return Sight(met=True, back=sight.away) if taken else replace(sight, away=True)


def after_miss(sight: Sight, *, reached: bool, opened: bool) -> Sight:
    """A call failed, and by that the breaker may have opened (again). ``reached``: a connection was had for it."""
    away = sight.away or not reached
    return Sight(away) if opened else replace(sight, away=away, back=False)


def after_answer(condition: Condition) -> Condition:
    """The partner answered, whatever it said."""
    if condition.breaker == CLOSED and not (condition.failures or condition.opened_times or condition.until):
        return condition
    calm = replace(condition, breaker=CLOSED, failures=0, opened_times=0, until=None)
    return replace(calm, opened_for=None, opened_words=None, opened_at=None) if condition.breaker == OPEN else calm


def after_dead(condition: Condition, policy: BreakerPolicy, now: int, recent: Collection[bool] = ()) -> Condition:
    """One more copy was refused for good. ``recent``: of those settled last, which were refused."""
    dead = condition.dead_in_a_row + 1
    reason = _too_many(dead, policy, recent)
    if not reason or condition.paused_by:
        return replace(condition, dead_in_a_row=dead)
    return replace(condition, dead_in_a_row=0, paused_by=BUS, pause_reason=reason, paused_at=now)


def _too_many(dead: int, policy: BreakerPolicy, recent: Collection[bool]) -> str:
    """Why so much is refused that the fault is likely ours; empty while it is not."""
    if dead >= policy.dead:
        return f"{dead} bản bị từ chối liên tiếp{_BOTH}{dead} copies refused in a row"
    refused = sum(recent)
    if policy.rate is None or len(recent) < policy.over or refused < policy.rate * len(recent):
        return ""
    vi = f"{refused} trong {len(recent)} bản gần nhất bị từ chối"
    return f"{vi}{_BOTH}{refused} of the last {len(recent)} copies refused"


def in_both(reason: str) -> tuple[str, str]:
    """A reason of the bus's own in Vietnamese and in English; one that an earlier release has kept is in English only."""
    vi, _, en = reason.rpartition(_BOTH)
    return vi or en, en


def after_delivered(condition: Condition) -> Condition:
    """One copy was delivered."""
    return replace(condition, dead_in_a_row=0) if condition.dead_in_a_row else condition


def paused(condition: Condition, by: str, reason: str, now: int) -> Condition:
    """An operator stops an endpoint."""
    return replace(condition, paused_by=by, pause_reason=reason, paused_at=now)


def resumed(condition: Condition) -> Condition:
    """An operator lets it go on, with a clean slate."""
    return Condition(condition.name)
