"""The verbs and questions of legal holds: what is held is neither removed nor blanked, until the hold is lifted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, delete, exists, func, insert, select, tuple_, union, update

from bus.errors import NotFound
from bus.journal import schema
from bus.journal.store import Store
from bus.journal.tx import Tx

_H, _L, _M, _C = schema.legal_holds.c, schema.legal_messages.c, schema.messages.c, schema.copies.c
_P = schema.cursors.c
#: The cursor that counts how often holds came to keep more.
_GROWN = "legal_holds"
#: Messages that are let go at once.
AT_MOST = 2000


@dataclass(frozen=True, slots=True)
class Hold:
    """A hold that begins; ``which`` is the filter as JSON."""

    which: str
    reason: str
    by: str


@dataclass(frozen=True, slots=True)
class Found:
    """Copies that a hold found: their messages are kept."""

    hold: int
    copies: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Lift:
    """The end of a hold."""

    hold: int
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class Kept:
    """Of some bodies those that held messages have, as it was when holds had grown so often."""

    grown: int
    bodies: frozenset[str]


@dataclass(frozen=True, slots=True)
class Standing:
    """A hold, with how many messages it keeps now. Times are journal microseconds."""

    hold: int
    which: str
    reason: str
    by: str
    at: int
    ended_at: int | None
    ended_by: str
    ended_reason: str
    messages: int


def begin(tx: Tx, holds: Sequence[Hold]) -> list[int | Exception]:
    """Begin holds; their numbers."""
    return [_begin(tx, hold) for hold in holds]


def keep(tx: Tx, found: Sequence[Found]) -> list[int | Exception]:
    """Keep the messages of these copies; how many are kept that were not kept by this hold before."""
    return [_keep(tx, one) for one in found]


def lift(tx: Tx, lifts: Sequence[Lift]) -> list[int | Exception]:
    """End holds. What they keep is let go after that."""
    return [_lift(tx, one) for one in lifts]


def let_go(tx: Tx, turns: Sequence[None]) -> list[int | Exception]:
    """Let go of some of what ended holds keep; how many messages, :data:`AT_MOST` where there are more. What another hold keeps
    stays kept.
    """
    return [_let_go(tx) for _ in turns]


def untouched() -> ColumnElement[bool]:
    """Whether no hold keeps a message."""
    return ~exists().where(_L.message == _M.id)


def unclaimed(sha256: ColumnElement[str]) -> ColumnElement[bool]:
    """Whether no message that is held has this body. Goes through all that is held."""
    return sha256.not_in(union(*_bodies()))


def kept(store: Store, shas: Sequence[str]) -> Kept:
    """Which of these bodies are held. Goes through all that is held, and so is asked of a reader."""
    with store.reading() as connection:
        grown = connection.execute(_grown()).scalar() or 0
        rows = [
            row for query in _bodies() for row in connection.execute(query.where(query.selected_columns[0].in_(shas)))
        ]
    return Kept(grown, frozenset(row[0] for row in rows))


def grown(tx: Tx) -> int:
    """How often holds came to keep more; none does so before this transaction ends."""
    return tx.connection.execute(_grown().with_for_update(read=True)).scalar() or 0


def _grown() -> Select[int]:
    return select(_P.position).where(_P.name == _GROWN)


def _bodies() -> tuple[Select[str], Select[str]]:
    """The bodies of held messages and of their copies."""
    held = select(_L.message)
    return select(_M.body).where(_M.id.in_(held)), select(_C.body).where(_C.message.in_(held))


def holds(store: Store) -> list[Standing]:
    """All holds, newest first, those that were lifted too."""
    kept = select(func.count()).where(_L.hold == _H.seq).scalar_subquery()
    columns = (_H.seq, _H.which, _H.reason, _H.by, _H.at, _H.ended_at, _H.ended_by, _H.ended_reason)
    with store.reading() as connection:
        return [Standing(*row) for row in connection.execute(select(*columns, kept).order_by(_H.seq.desc()))]


def _begin(tx: Tx, hold: Hold) -> int:
    row = {"which": hold.which, "reason": hold.reason, "by": hold.by, "at": tx.now, "ended_by": "", "ended_reason": ""}
    made = tx.connection.execute(insert(schema.legal_holds).values(**row).returning(_H.seq))
    return int(made.scalar_one())


def _keep(tx: Tx, found: Found) -> int:
    messages = tx.connection.execute(select(_C.message).where(_C.id.in_(found.copies)).distinct()).scalars()
    rows = [{"hold": found.hold, "message": message} for message in sorted(messages)]
    tx.insert(schema.cursors, [{"name": _GROWN, "position": 0}], ignore=True)
    tx.connection.execute(update(schema.cursors).where(_P.name == _GROWN).values(position=_P.position + 1))
    return tx.insert(schema.legal_messages, rows, ignore=True)


def _lift(tx: Tx, one: Lift) -> int | Exception:
    values = {"ended_at": tx.now, "ended_by": one.by, "ended_reason": one.reason}
    mine = (_H.seq == one.hold, _H.ended_at.is_(None))
    if not tx.connection.execute(update(schema.legal_holds).where(*mine).values(**values)).rowcount:
        return NotFound(f"no legal hold {one.hold} stands")
    return tx.connection.execute(select(func.count()).where(_L.hold == one.hold)).scalar_one()


def _let_go(tx: Tx) -> int:
    ended = select(_H.seq).where(_H.ended_at.is_not(None))
    some = select(_L.hold, _L.message).where(_L.hold.in_(ended)).limit(AT_MOST)
    return tx.connection.execute(delete(schema.legal_messages).where(tuple_(_L.hold, _L.message).in_(some))).rowcount
