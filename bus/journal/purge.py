"""The verbs of retention: what is no longer needed goes, identities and the account stay (semantics 12).

Rows of ``messages`` and ``copies`` are the identities and are kept; bodies, attempts, events and calls go,
and what names persons is blanked in place. What the events told is summed per day and rule before they go.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, bindparam, case, delete, exists, func, select, union_all, update
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from bus.clock import instant
from bus.journal import aggregating, edits, expecting, index, legal, schema
from bus.journal.states import OPEN, TIMED, State, in_state
from bus.journal.tx import Tx

#: Rows one call handles at the most.
AT_MOST = 500
#: Copies in these may still be sent: their bodies stay.
_NEEDED = (*OPEN, State.DEAD)
#: The same, as indexes over copies have them: what is settled is not gone through.
_INDEXED = ((State.QUEUED,), (State.OFFERED,), TIMED, (State.HELD, State.DEAD, State.IN_DOUBT))

_M, _C, _B = schema.messages.c, schema.copies.c, schema.bodies.c


@dataclass(frozen=True, slots=True)
class Old:
    """What is older than this (journal microseconds); of bodies and messages only those that are named, where some are."""

    before: int
    only: tuple[str, ...] = ()
    #: None of these bodies was held when legal holds had grown so often (None: nobody looked).
    grown: int | None = None


def calls(tx: Tx, requests: Sequence[Old]) -> list[int | Exception]:
    """Forget answered calls; how many."""
    return [_calls(tx, request) for request in requests]


def refusals(tx: Tx, requests: Sequence[Old]) -> list[int | Exception]:
    """Forget refusals; how many."""
    return [_refusals(tx, request) for request in requests]


def expectations(tx: Tx, requests: Sequence[Old]) -> list[int | Exception]:
    """Forget what was owed and came, or was not owed any more, and reports that were made of others; how many."""
    return [
        max(forget(tx, request.before, AT_MOST) for forget in (expecting.forget, aggregating.forget))
        for request in requests
    ]


def bodies(tx: Tx, requests: Sequence[Old]) -> list[list[str] | Exception]:
    """Give up bodies that no copy needs any more; their SHA-256, so that files can follow."""
    return [_bodies(tx, request) for request in requests]


def messages(tx: Tx, requests: Sequence[Old]) -> list[int | Exception]:
    """Blank what names persons in settled messages, sum their events up, drop their events and attempts; how many."""
    return [_messages(tx, request) for request in requests]


def unneeded(before: int) -> Select[str]:
    """Bodies that last came before an instant and that no copy needs any more, whether they are held or not."""
    needed = union_all(*(select(_C.body).where(in_state(_C.state, *some)) for some in _INDEXED))
    settled = (_B.added_at < before, _B.kept == 1, _B.sha256.not_in(needed))
    return select(_B.sha256).where(*settled, *(_B.sha256.not_in(edited) for edited in edits.kept_for()))


def _calls(tx: Tx, old: Old) -> int:
    table = schema.calls.c
    keys = select(table.key).where(table.at < old.before).limit(AT_MOST)
    return tx.connection.execute(delete(schema.calls).where(table.key.in_(keys))).rowcount


def _refusals(tx: Tx, old: Old) -> int:
    table = schema.refusals.c
    numbers = select(table.seq).where(table.at < old.before).limit(AT_MOST)
    return tx.connection.execute(delete(schema.refusals).where(table.seq.in_(numbers))).rowcount


def _bodies(tx: Tx, old: Old) -> list[str]:
    query = unneeded(old.before).where(*_among(_B.sha256, old)).limit(AT_MOST)
    if old.grown is None or old.grown != legal.grown(tx):
        query = query.where(legal.unclaimed(_B.sha256))
    gone = list(tx.connection.execute(query).scalars())
    if gone:
        tx.connection.execute(update(schema.bodies).where(_B.sha256.in_(gone)).values(data=None, kept=0))
    return gone


def _among(column: ColumnElement[str], old: Old) -> list[ColumnElement[bool]]:
    return [column.in_(old.only)] if old.only else []


def _messages(tx: Tx, old: Old) -> int:
    open_ = exists().where(_C.message == _M.id, in_state(_C.state, *_NEEDED))
    settled = (_M.accepted_at < old.before, _M.view != "", ~open_)
    query = select(_M.id).where(*settled, legal.untouched(), *_among(_M.id, old)).limit(AT_MOST)
    ids = list(tx.connection.execute(query).scalars())
    if ids:
        index.hold_still(tx)
        _sum_up(tx, ids)
        mine = select(_C.id).where(_C.message.in_(ids))
        tx.connection.execute(delete(schema.attempts).where(schema.attempts.c.copy.in_(mine)))
        tx.connection.execute(delete(schema.events).where(schema.events.c.message.in_(ids)))
        tx.connection.execute(update(schema.messages).where(_M.id.in_(ids)).values(subject="", view=""))
        index.forget(tx, ids)
    return len(ids)


def _sum_up(tx: Tx, ids: list[str]) -> None:
    """Copies by day of acceptance, rule and state, added to what is summed already."""
    primary = func.count(case((_C.kind == "primary", 1)))
    query = (
        select(_C.accepted_at, _C.rule, _C.state, primary)
        .where(_C.message.in_(ids))
        .group_by(_C.accepted_at, _C.rule, _C.state)
    )
    sums: dict[tuple[str, str, str], int] = {}
    for at, rule, state, count in tx.connection.execute(query):
        key = (instant(at).date().isoformat(), rule, state)
        sums[key] = sums.get(key, 0) + count
    insert = postgres_insert if tx.on_postgres else sqlite_insert
    table = schema.day_sums
    statement = insert(table).values(
        day=bindparam("day"), rule=bindparam("rule"), state=bindparam("state"), count=bindparam("count")
    )
    raised = statement.on_conflict_do_update(
        index_elements=["day", "rule", "state"], set_={"count": table.c.count + statement.excluded.count}
    )
    rows = [
        {"day": day, "rule": rule, "state": state, "count": count} for (day, rule, state), count in sorted(sums.items())
    ]
    if rows:
        tx.connection.execute(raised, rows)
