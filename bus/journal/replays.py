"""The verbs of a replay's life: copies to be sent again as one plan, which outlives whoever ordered it.

A plan is frozen portion by portion and cannot begin before it is whole. A copy stands in one open plan at the most, however
many people order it at once: an index says so. What goes out of it is the matter of ``release``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Literal, NamedTuple

from sqlalchemy import exists, select, update

from bus.errors import BusError, IllegalMove, NotFound
from bus.journal import schema
from bus.journal.tx import Tx

_R, _I = schema.replays.c, schema.replay_items.c
#: Rates and shares are kept as whole thousandths.
_THOUSAND = 1000

#: The verb of ``operate`` by which a plan sends: a dead copy as it is, or a settled one as a copy of it.
Verb = Literal["replay", "resend"]


class Phase(StrEnum):
    """How far a plan is."""

    FREEZING = "freezing"
    RUNNING = "running"
    #: The first have arrived, and somebody is to say whether the others go.
    ASKING = "asking"
    PAUSED = "paused"
    STOPPED = "stopped"
    DONE = "done"


class Outcome(StrEnum):
    """What became of one copy of a plan."""

    DELIVERED = "delivered"
    #: In a mailbox, where its recipient finds it.
    OFFERED = "offered"
    DEAD = "dead"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    #: It could not go when its turn came.
    REFUSED = "refused"
    #: The plan was stopped before its turn.
    LEFT = "left"


@dataclass(frozen=True, slots=True)
class Terms:
    """How a plan goes. ``canary``: so many first, and the others only when these have arrived (0: none); ``ask``: and when
    somebody has said so. ``rate``: copies a second; ``ramp``: slowly at first. ``stop_at``: the share of failures at
    which it pauses. ``late``: also what arrives after something later of its lane.
    """

    rate: float
    canary: int = 0
    ask: bool = False
    ramp: bool = False
    stop_at: float = 1.0
    late: bool = False


class Replay(NamedTuple):
    """A row of ``replays``, but for its sequence number. Times are journal microseconds."""

    id: str
    verb: Verb
    by: str
    reason: str
    #: The filter, as JSON.
    asked: str
    canary: int
    ask: int
    rate: int
    ramp: int
    stop_at: int
    late: int
    state: Phase
    #: Whether the first of it have arrived, so that the others may go.
    proven: int
    #: Who put it into this state, and why.
    said_by: str
    why: str
    #: How often it began to run, and when it last did: what went in a run before says nothing of how it fares now.
    run: int
    since: int
    created_at: int
    changed_at: int
    ended_at: int | None

    @property
    def terms(self) -> Terms:
        """How it goes."""
        rate, stop_at = self.rate / _THOUSAND, self.stop_at / _THOUSAND
        return Terms(rate, self.canary, bool(self.ask), bool(self.ramp), stop_at, bool(self.late))


NAMES = Replay._fields
COLUMNS = tuple(_R[name] for name in NAMES)


def from_row(row: Sequence[Any]) -> Replay:
    """A plan from a row that begins with :data:`COLUMNS`."""
    plan = Replay._make(row[: len(NAMES)])
    return plan._replace(state=Phase(plan.state))


@dataclass(frozen=True, slots=True)
class Draft:
    """A plan that is to be made."""

    id: str
    verb: Verb
    by: str
    reason: str
    asked: str
    terms: Terms


class Item(NamedTuple):
    """A copy of a plan. ``place``: where it stands; the lowest goes first."""

    place: int
    copy: str
    endpoint: str


@dataclass(frozen=True, slots=True)
class Portion:
    """Copies that are to be in a plan."""

    replay: str
    items: Sequence[Item]


@dataclass(frozen=True, slots=True)
class Word:
    """What somebody, or the bus, says of a plan: a key of :data:`_WORDS`."""

    replay: str
    word: str
    by: str
    why: str = ""


_P = Phase
#: From which states each word leads where.
_WORDS: Mapping[str, tuple[frozenset[Phase], Phase]] = MappingProxyType(
    {
        "start": (frozenset({_P.FREEZING}), _P.RUNNING),
        "prove": (frozenset({_P.RUNNING}), _P.RUNNING),
        "ask": (frozenset({_P.RUNNING}), _P.ASKING),
        "halt": (frozenset({_P.RUNNING}), _P.PAUSED),
        "pause": (frozenset({_P.RUNNING, _P.ASKING}), _P.PAUSED),
        "resume": (frozenset({_P.PAUSED, _P.ASKING}), _P.RUNNING),
        "stop": (frozenset({_P.FREEZING, _P.RUNNING, _P.ASKING, _P.PAUSED}), _P.STOPPED),
        "finish": (frozenset({_P.RUNNING, _P.ASKING, _P.PAUSED, _P.STOPPED}), _P.DONE),
    }
)


def begin(tx: Tx, drafts: Sequence[Draft]) -> list[Exception | None]:
    """Open plans that have nothing in them yet. None under an id that another has."""
    known = set(tx.connection.execute(select(_R.id).where(_R.id.in_([draft.id for draft in drafts]))).scalars())
    tx.insert(schema.replays, [_row(tx, draft) for draft in drafts if draft.id not in known])
    return [IllegalMove(f"there is a replay {draft.id} already") if draft.id in known else None for draft in drafts]


def freeze(tx: Tx, portions: Sequence[Portion]) -> list[frozenset[str] | Exception]:
    """Put copies into plans that are being made; which of them went in. The others stand in another open plan."""
    return [_freeze(tx, portion) for portion in portions]


def say(tx: Tx, words: Sequence[Word]) -> list[Replay | Exception]:
    """Have plans do as they are told; as they are then."""
    return [_said(tx, word) for word in words]


def plan_of(tx: Tx, id_: str) -> Replay:
    """A plan, kept from others until the transaction ends. Raises NotFound."""
    row = tx.connection.execute(select(*COLUMNS).where(_R.id == id_).with_for_update()).one_or_none()
    if row is None:
        raise NotFound(f"there is no replay {id_}")
    return from_row(row)


def _row(tx: Tx, draft: Draft) -> dict[str, Any]:
    terms = draft.terms
    return Replay(
        draft.id, draft.verb, draft.by, draft.reason, draft.asked, terms.canary, int(terms.ask),
        round(terms.rate * _THOUSAND), int(terms.ramp), round(terms.stop_at * _THOUSAND), int(terms.late),
        Phase.FREEZING, int(not terms.canary), draft.by, "", 0, tx.now, tx.now, tx.now, None,
    )._asdict()  # fmt: skip


def _freeze(tx: Tx, portion: Portion) -> frozenset[str] | Exception:
    try:
        plan = plan_of(tx, portion.replay)
    except NotFound as missing:
        return missing
    if plan.state != Phase.FREEZING:
        return IllegalMove(f"replay {plan.id} is {plan.state}: nothing can be added to it")
    rows = [(plan.id, *item, "", 0, None, "", "", None) for item in portion.items]
    tx.add(schema.replay_items, ("replay", *Item._fields, *_EMPTY), rows, ignore=True)
    _change(tx, plan, changed_at=tx.now)
    mine = select(_I.copy).where(_I.replay == plan.id, _I.place.in_([item.place for item in portion.items]))
    return frozenset(tx.connection.execute(mine).scalars())


_EMPTY = ("sent", "run", "released_at", "outcome", "note", "ended_at")


def _said(tx: Tx, word: Word) -> Replay | Exception:
    try:
        plan = plan_of(tx, word.replay)
        return _change(tx, plan, **_changes(tx, plan, word))
    except BusError as error:
        return error


def _changes(tx: Tx, plan: Replay, word: Word) -> dict[str, Any]:
    before, to = _WORDS[word.word]
    if plan.state not in before or plan.ended_at is not None:
        raise IllegalMove(f"replay {plan.id} is {plan.state}")
    if word.word == "finish":
        return _end(tx, plan)
    changes: dict[str, Any] = {"state": to, "changed_at": tx.now, "said_by": word.by, "why": word.why}
    if word.word == "prove" or (word.word == "resume" and plan.state == Phase.ASKING):
        return {**changes, "proven": 1}
    if word.word in ("start", "resume"):
        return {**changes, "run": plan.run + 1, "since": tx.now}
    return {**changes, "proven": int(not plan.canary)} if word.word == "halt" else changes


def _end(tx: Tx, plan: Replay) -> dict[str, Any]:
    """A plan of which nothing is open any more is over; what was stopped stays that."""
    left = exists().where(_I.replay == plan.id, _I.outcome == "")
    if tx.connection.execute(select(left)).scalar():
        raise IllegalMove(f"replay {plan.id} has copies without an outcome")
    state = Phase.STOPPED if plan.state == Phase.STOPPED else Phase.DONE
    return {"state": state, "changed_at": tx.now, "ended_at": tx.now}


def _change(tx: Tx, plan: Replay, **columns: Any) -> Replay:
    tx.connection.execute(update(schema.replays).where(_R.id == plan.id).values(**columns))
    return plan._replace(**columns)
