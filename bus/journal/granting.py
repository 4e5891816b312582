"""The verbs of what operators grant: a report that is waived, and a closed period that takes reports again.

A waiver is a mark on what is owed: what came, or comes, is noted beside it as ever, and taken back it leaves everything as it would
have been. Who follows the events writes rows whole but for this mark, so neither overtakes the other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import delete, select, update

from bus.journal import schema
from bus.journal.store import Store
from bus.journal.tx import Tx

_E, _A, _R = schema.expectations.c, schema.aggregates.c, schema.reopened_periods.c


@dataclass(frozen=True, slots=True)
class Waived:
    """Nobody waits for a report any more, by these rules. ``key``: ``regime|form|period|unit``."""

    key: str
    rules: tuple[str, ...]
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class Reinstated:
    """It is waited for again."""

    key: str
    rules: tuple[str, ...]


class Reopened(NamedTuple):
    """A row: a period of a regime that takes reports though it is closed. Instants are journal microseconds."""

    id: str
    regime: str
    period: str
    #: The one unit that may; empty: every one.
    unit: str
    by: str
    reason: str
    at: int
    #: The moment it is closed again; None: not by itself.
    until: int | None = None

    def holds(self, now: int) -> bool:
        """Whether it is open now."""
        return self.until is None or now < self.until


def named(regime: str, period: str, unit: str) -> str:
    """The id of a period of a regime, for one unit or, without one, for all."""
    return f"{regime}|{period}|{unit}"


def waived(tx: Tx, requests: Sequence[Waived]) -> list[bool | Exception]:
    """Mark what is owed; False where it has come, or is waived already."""
    return [_waive(tx, request) for request in requests]


def reinstated(tx: Tx, requests: Sequence[Reinstated]) -> list[bool | Exception]:
    """Take the mark off; False where there is none."""
    return [_reinstate(tx, request) for request in requests]


def reopened(tx: Tx, requests: Sequence[Reopened]) -> list[bool | Exception]:
    """Let periods take reports again; what was said of one before gives way."""
    tx.put(schema.reopened_periods, "id", [one._replace(at=tx.now)._asdict() for one in requests])
    return [True] * len(requests)


def closed(tx: Tx, requests: Sequence[str]) -> list[bool | Exception]:
    """Let periods of these ids be closed again; False where one was not open."""
    return [tx.connection.execute(delete(schema.reopened_periods).where(_R.id == id_)).rowcount > 0 for id_ in requests]


def reopenings(store: Store, regime: str = "", period: str = "") -> list[Reopened]:
    """Periods that were opened again: all, or those of a regime, or one. Raises JournalDown."""
    asked = [column == value for column, value in ((_R.regime, regime), (_R.period, period)) if value]
    columns = (_R[name] for name in Reopened._fields)
    with store.reading() as connection:
        rows = connection.execute(select(*columns).where(*asked).order_by(_R.id)).all()
    return [Reopened(*row) for row in rows]


def _waive(tx: Tx, one: Waived) -> bool:
    owed = (_E.key == one.key, _E.rule.in_(one.rules), _E.closed_at.is_(None), _E.waived_at.is_(None))
    values = {"waived_at": tx.now, "waived_by": one.by, "waived_reason": one.reason}
    return _marked(tx, one.key, tx.connection.execute(update(schema.expectations).where(*owed).values(values)).rowcount)


def _reinstate(tx: Tx, one: Reinstated) -> bool:
    marked = (_E.key == one.key, _E.rule.in_(one.rules), _E.waived_at.is_not(None))
    values = {"waived_at": None, "waived_by": None, "waived_reason": None}
    return _marked(
        tx, one.key, tx.connection.execute(update(schema.expectations).where(*marked).values(values)).rowcount
    )


def _marked(tx: Tx, key: str, rows: int) -> bool:
    """Whether any row was; what is made of this report is looked at again."""
    if rows:
        regime, form, period, _ = key.split("|", 3)
        wholes = (_A.regime == regime, _A.form == form, _A.period == period)
        values = {"changes": _A.changes + 1, "changed_at": tx.now}
        tx.connection.execute(update(schema.aggregates).where(*wholes).values(values))
    return rows > 0
