"""The verbs of the sweeper: what time does to copies. Each handles a bounded number at a call."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from sqlalchemy import ColumnElement, and_, or_, select

from bus.errors import FailureClass
from bus.journal import copy as copies_
from bus.journal import schema
from bus.journal.copy import Copy, move, touch
from bus.journal.fingerprint import fingerprint
from bus.journal.settle import spare_recalls
from bus.journal.states import FAILED, TIMED, Reason, State, in_state, timed
from bus.journal.tx import Tx

#: Copies one call moves at the most, so that a sweep of a large backlog does not hold up the intake.
AT_MOST = 500
#: For these reasons a copy waits because its partner said so, in so many words or by its code.
_ASKED_TO_WAIT = (FailureClass.QUOTA, Reason.RETRY_AFTER)


class Doubt(StrEnum):
    """What an endpoint's contract says of a copy whose outcome is unknown (semantics 4)."""

    RESEND = "resend"
    ASK = "ask"
    OPERATOR = "operator"


@dataclass(frozen=True, slots=True)
class Sweep:
    """What the sweeper knows that the tables do not say."""

    #: The contract for a copy, from its endpoint and the rule that sent it there.
    contract: Callable[[Copy], Doubt]
    #: Endpoints whose partner is asked about every doubt: nothing is resolved there without a question.
    asked: frozenset[str] = frozenset()
    #: Microseconds after a lease's end before a partner is asked, by endpoint.
    ask_after: Mapping[str, int] = field(default_factory=dict)
    #: Microseconds before which no copy of an endpoint is given up, and the instant at which one is.
    horizon: Mapping[str, int] = field(default_factory=dict)
    deadline: Callable[[Copy], int] = field(default=lambda copy: copy.since)
    #: A due time further ahead than this (microseconds) can only come from a clock that jumped.
    ceiling: int = 86_400_000_000


@dataclass(frozen=True, slots=True)
class Recovery:
    """An endpoint that is back, or may be: so many of the copies that wait for it need wait no longer."""

    endpoint: str
    #: The contract for a copy in doubt; None where a partner is asked, which has a time of its own.
    contract: Callable[[Copy], Doubt] | None = None
    at_most: int = AT_MOST


def ripen(tx: Tx, sweeps: Sequence[Sweep]) -> list[int | Exception]:
    """Waiting copies that are due become queued."""
    return [_move_all(tx, _overdue(State.WAITING, tx.now, sweep), _ripen) for sweep in sweeps]


def recover(tx: Tx, recoveries: Sequence[Recovery]) -> list[int | Exception]:
    """What waits for an endpoint that is back is due now, and what is in doubt is sent again where that is its contract.
    What a partner asked to wait is left its time.
    """
    return [_move_all(tx, _wait_for(one), _recoverer(one), one.at_most) for one in recoveries]


def end_leases(tx: Tx, sweeps: Sequence[Sweep]) -> list[int | Exception]:
    """A lease that ended in ``sending`` is an unknown outcome."""
    return [_move_all(tx, _overdue(State.SENDING, tx.now, sweep), _ender(sweep)) for sweep in sweeps]


def end_orphaned(tx: Tx, sweeps: Sequence[Sweep]) -> list[int | Exception]:
    """End every lease: said at the start of the one process that owns a home, when whoever held them is dead."""
    return [_move_all(tx, timed(schema.copies.c.state, State.SENDING), _ender(sweep), at_most=None) for sweep in sweeps]


def end_questions(tx: Tx, sweeps: Sequence[Sweep]) -> list[int | Exception]:
    """Put every question again soon: said at that same start, for those under way then were lost with their lease."""
    return [_move_all(tx, _of_asked(sweep), _reminder(sweep), at_most=None) for sweep in sweeps]


def resolve(tx: Tx, sweeps: Sequence[Sweep]) -> list[int | Exception]:
    """Copies in doubt whose contract needs no question: sent again, or given up if recalled."""
    return [_move_all(tx, _unasked(sweep, tx.now), _resolver(sweep)) for sweep in sweeps]


def expire(tx: Tx, sweeps: Sequence[Sweep]) -> list[int | Exception]:
    """What may not be delivered after its expiry is not."""
    return [_move_all(tx, _expired(tx.now), _expire) for _ in sweeps]


def give_up(tx: Tx, sweeps: Sequence[Sweep]) -> list[int | Exception]:
    """Copies whose time for trying has passed are dead, whether or not a call could be made."""
    return [_give_up(tx, sweep) for sweep in sweeps]


def _give_up(tx: Tx, sweep: Sweep) -> int:
    def end(copy: Copy, now: int) -> tuple[str, Copy] | None:
        if sweep.deadline(copy) > now:
            return None
        return "copy.dead", move(copy, State.DEAD, now, reason=Reason.HORIZON)

    return sum(_move_all(tx, _too_old(name, tx.now - horizon), end) for name, horizon in sweep.horizon.items())


Act = Callable[[Copy, int], tuple[str, Copy] | None]


def _move_all(tx: Tx, which: ColumnElement[bool], act: Act, at_most: int | None = AT_MOST) -> int:
    query = select(*copies_.COLUMNS).where(which).order_by(schema.copies.c.seq).limit(at_most)
    before = [copies_.from_row(row) for row in tx.connection.execute(query.with_for_update(skip_locked=True))]
    after = [moved for copy in before if (moved := act(copy, tx.now))]
    for what, copy in after:
        tx.woken.add(copy.endpoint)
        if what:
            tx.tell(what, copy.message, copy, reason=copy.reason)
        if what and copy.state in FAILED:
            tx.fail(copy, fingerprint(copy.endpoint, copy.reason))
    tx.save(copy for _, copy in after)
    spare_recalls(tx, [copy for _, copy in after if copy.recalled_by and copy.state != State.IN_DOUBT])
    return len(after)


def _wait_for(back: Recovery) -> ColumnElement[bool]:
    mine = schema.copies.c
    waiting = and_(in_state(mine.state, State.WAITING), mine.reason.not_in(_ASKED_TO_WAIT))
    doubtful = and_(in_state(mine.state, State.IN_DOUBT), mine.until.is_not(None), mine.recalled_by.is_(None))
    return and_(
        in_state(mine.state, *TIMED),
        mine.endpoint == back.endpoint,
        or_(waiting, doubtful) if back.contract else waiting,
    )


def _overdue(state: State, now: int, sweep: Sweep) -> ColumnElement[bool]:
    mine = schema.copies.c
    return and_(timed(mine.state, state), or_(mine.until <= now, mine.until > now + sweep.ceiling))


def _unasked(sweep: Sweep, now: int) -> ColumnElement[bool]:
    return and_(_overdue(State.IN_DOUBT, now, sweep), schema.copies.c.endpoint.not_in(sorted(sweep.asked)))


def _of_asked(sweep: Sweep) -> ColumnElement[bool]:
    mine = schema.copies.c
    return and_(timed(mine.state, State.IN_DOUBT), mine.until.is_not(None), mine.endpoint.in_(sorted(sweep.asked)))


def _expired(now: int) -> ColumnElement[bool]:
    late = select(schema.messages.c.id).where(schema.messages.c.expires_at <= now)
    open_ = schema.copies.c.state.in_([State.QUEUED, State.WAITING, State.OFFERED, State.HELD])
    return and_(schema.copies.c.message.in_(late), open_)


def _too_old(endpoint: str, before: int) -> ColumnElement[bool]:
    mine = schema.copies.c
    return and_(mine.endpoint == endpoint, mine.state.in_([State.QUEUED, State.WAITING]), mine.since <= before)


def _ripen(copy: Copy, now: int) -> tuple[str, Copy]:
    return "", move(copy, State.QUEUED, now, reason=copy.reason)


def _recoverer(back: Recovery) -> Act:
    def go_on(copy: Copy, now: int) -> tuple[str, Copy] | None:
        if copy.state == State.WAITING:
            return _ripen(copy, now)
        return _resend(copy, now) if back.contract and back.contract(copy) == Doubt.RESEND else None

    return go_on


def _resend(copy: Copy, now: int) -> tuple[str, Copy]:
    return "copy.queued", move(copy, State.QUEUED, now, reason=copy.reason)


def _ender(sweep: Sweep) -> Act:
    def end(copy: Copy, now: int) -> tuple[str, Copy]:
        return "copy.in_doubt", move(
            copy, State.IN_DOUBT, now, reason=Reason.LEASE_ENDED, until=_question_time(sweep, copy, now)
        )

    return end


def _question_time(sweep: Sweep, copy: Copy, now: int) -> int | None:
    """When something is to be done about a copy in doubt: a partner may still be at work, so it is not asked at once."""
    contract = sweep.contract(copy)
    if contract == Doubt.ASK:
        return now + sweep.ask_after.get(copy.endpoint, 0)
    return now if contract == Doubt.RESEND or copy.recalled_by else None


def _reminder(sweep: Sweep) -> Act:
    def remind(copy: Copy, now: int) -> tuple[str, Copy] | None:
        soon = now + sweep.ask_after.get(copy.endpoint, 0)
        return ("", touch(copy, now, until=soon)) if copy.until and copy.until > soon else None

    return remind


def _resolver(sweep: Sweep) -> Act:
    def decide(copy: Copy, now: int) -> tuple[str, Copy] | None:
        contract = sweep.contract(copy)
        if contract == Doubt.ASK:
            return None
        if copy.recalled_by:
            return "copy.cancelled", move(copy, State.CANCELLED, now, reason=Reason.RECALLED_UNKNOWN)
        if contract == Doubt.RESEND:
            return _resend(copy, now)
        return "", touch(copy, now, until=None)

    return decide


def _expire(copy: Copy, now: int) -> tuple[str, Copy]:
    return "copy.expired", move(copy, State.EXPIRED, now, reason=Reason.EXPIRED)
