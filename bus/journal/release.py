"""The verbs by which a replay goes out: each moves copies, or notes where they got to, together with the plan's own rows.

So there is no moment at which a copy has gone and the plan does not know of it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from sqlalchemy import literal_column, select, update

from bus.errors import NotFound
from bus.journal import operate, schema
from bus.journal.operate import Done, Order, Way
from bus.journal.replays import Outcome, Phase, Replay, plan_of
from bus.journal.states import SETTLED, State, in_state
from bus.journal.tx import Tx

#: In these a copy needs nothing more of a plan: a mailbox copy waits for its recipient.
ARRIVED = (*SETTLED, State.OFFERED)
#: Copies that one call lets go at the most.
AT_MOST = 1000
OUT_OF_ORDER = "would arrive after something later of its document was delivered; say yes to replay it all the same"

_I, _C = schema.replay_items.c, schema.copies.c
#: Spelled out, so that the indexes over these are found.
_IS_OPEN = _I.outcome == literal_column("''")
PLANNED = (_IS_OPEN, _I.released_at.is_(None))
OUT = (_IS_OPEN, _I.released_at.is_not(None))
ENDED = (_I.outcome != literal_column("''"),)
_MARK = ("seq", "sent", "run", "released_at", "outcome", "note", "ended_at")
_SEND: Mapping[str, Callable[[Tx, Sequence[Order]], operate.Results]] = MappingProxyType(
    {"replay": operate.replay, "resend": operate.resend}
)


@dataclass(frozen=True, slots=True)
class Release:
    """Copies of a plan whose turn it is, by their places."""

    replay: str
    places: Sequence[int]
    #: Where copies that had no way go now.
    ways: Mapping[str, Way] = field(default_factory=dict)
    #: Of these copies, those that are left out: they would come out of order.
    late: frozenset[str] = frozenset()


def release(tx: Tx, requests: Sequence[Release]) -> list[list[Done] | Exception]:
    """Send copies again, each once, and say of each what was done; nothing of a plan that does not run."""
    return [_release(tx, request) for request in requests]


def note_outcomes(tx: Tx, replays: Sequence[str]) -> list[int | Exception]:
    """Note what became of copies that went; of how many that is known now."""
    return [_note_outcomes(tx, replay) for replay in replays]


def let_go(tx: Tx, replays: Sequence[str]) -> list[int | Exception]:
    """Let go of copies of plans that were stopped, so that others may have them; how many."""
    return [_let_go(tx, replay) for replay in replays]


def _release(tx: Tx, request: Release) -> list[Done] | Exception:
    try:
        plan = plan_of(tx, request.replay)
    except NotFound as missing:
        return missing
    if plan.state != Phase.RUNNING:
        return []
    items = _taken(tx, request)
    done = _sent(tx, plan, request, [copy for _, copy in items])
    marks = [_mark(tx, plan, seq, one) for (seq, _), one in zip(items, done, strict=True)]
    tx.update(schema.replay_items, _MARK, marks)
    return done


def _taken(tx: Tx, request: Release) -> list[tuple[int, str]]:
    """Number and copy of those that have not gone yet, in their order."""
    mine = (_I.replay == request.replay, _I.place.in_(request.places), *PLANNED)
    query = select(_I.seq, _I.copy).where(*mine).order_by(_I.place).with_for_update()
    return [(seq, copy) for seq, copy in tx.connection.execute(query)]


def _sent(tx: Tx, plan: Replay, request: Release, copies: Sequence[str]) -> list[Done]:
    going = tuple(copy for copy in copies if copy not in request.late)
    order = Order(going, plan.by, plan.reason, ways=request.ways, replay=plan.id)
    (done,) = _SEND[plan.verb](tx, [order])
    if isinstance(done, Exception):
        raise done
    told = dict(zip(going, done, strict=True))
    return [told.get(copy) or Done(copy, State.DEAD, OUT_OF_ORDER) for copy in copies]


def _mark(tx: Tx, plan: Replay, seq: int, done: Done) -> tuple[Any, ...]:
    """The values of :data:`_MARK`."""
    if done.refused:
        return (seq, "", plan.run, None, Outcome.REFUSED.value, done.refused, tx.now)
    return (seq, done.copy, plan.run, tx.now, "", "", None)


def _note_outcomes(tx: Tx, replay: str) -> int:
    """All at once: there are never more of them than may be on their way."""
    sent = _C.id == _I.sent
    ended = select(_C.id).where(sent, in_state(_C.state, *ARRIVED)).exists()
    values = {"outcome": _of_copy(_C.state, sent), "ended_at": _of_copy(_C.changed_at, sent)}
    statement = update(schema.replay_items).where(_I.replay == replay, *OUT, ended).values(**values)
    return tx.connection.execute(statement).rowcount


def _of_copy(column: Any, sent: Any) -> Any:
    return select(column).where(sent).scalar_subquery()


def _let_go(tx: Tx, replay: str) -> int:
    stopped = select(schema.replays.c.id).where(schema.replays.c.id == replay, schema.replays.c.state == Phase.STOPPED)
    mine = select(_I.seq).where(_I.replay == replay, *PLANNED, stopped.exists()).limit(AT_MOST)
    gone = update(schema.replay_items).where(_I.seq.in_(mine)).values(outcome=Outcome.LEFT, ended_at=tx.now)
    return tx.connection.execute(gone).rowcount
