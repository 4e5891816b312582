"""The verbs of turns: what only one process may do at a time is done by the one that holds its row (semantics 9).

A turn is free when its term is over or its holder has ended it; whoever holds it renews it by taking it again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import and_, delete, or_, update

from bus.journal import schema
from bus.journal.tx import Tx

_TABLE = schema.leases.c


@dataclass(frozen=True, slots=True)
class Turn:
    """What is wanted, by whom, and for how long from now (microseconds)."""

    name: str
    holder: str
    term: int


def take(tx: Tx, turns: Sequence[Turn]) -> list[bool | Exception]:
    """Take or renew turns; False where another holds one."""
    # In the order of their names, so that two daemons never wait for each other's rows.
    wanted = sorted(dict.fromkeys(turns), key=lambda turn: turn.name)
    rows = {turn.name: _row(tx, turn) for turn in reversed(wanted)}
    tx.insert(schema.leases, [rows[name] for name in sorted(rows)], ignore=True)
    taken = {turn: _take(tx, turn) for turn in wanted}
    return [taken[turn] for turn in turns]


def end(tx: Tx, turns: Sequence[Turn]) -> list[Exception | None]:
    """Give turns up; those that others hold stay theirs."""
    for turn in sorted(turns, key=lambda turn: turn.name):
        tx.connection.execute(delete(schema.leases).where(_TABLE.name == turn.name, _TABLE.holder == turn.holder))
    return [None] * len(turns)


def _take(tx: Tx, turn: Turn) -> bool:
    # An end that is further off than two terms was written by a clock that jumped.
    free = or_(_TABLE.until <= tx.now, _TABLE.until > tx.now + 2 * turn.term)
    mine = and_(_TABLE.name == turn.name, or_(_TABLE.holder == turn.holder, free))
    return tx.connection.execute(update(schema.leases).where(mine).values(_row(tx, turn))).rowcount > 0


def _row(tx: Tx, turn: Turn) -> dict[str, str | int]:
    return {"name": turn.name, "holder": turn.holder, "until": tx.now + turn.term}
