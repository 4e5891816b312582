"""The verb for what may be shown once: a token's nonce is remembered for as long as the token is good.

What has passed goes with what comes, so there is never more of it than was shown within that time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import delete, select

from bus.journal import schema
from bus.journal.tx import Tx

_TABLE = schema.nonces.c
#: Rows whose time has passed that go with one transaction: more than ever come with one.
_AT_ONCE = 5000


@dataclass(frozen=True, slots=True)
class Mark:
    """What was shown, and until when it counts (microseconds)."""

    name: str
    until: int


def show(tx: Tx, marks: Sequence[Mark]) -> list[bool | Exception]:
    """Remember marks; True for each that was not remembered already."""
    gone = select(_TABLE.name).where(_TABLE.until <= tx.now).limit(_AT_ONCE).with_for_update(skip_locked=True)
    tx.connection.execute(delete(schema.nonces).where(_TABLE.name.in_(gone)))
    # In the order of their names, so that two daemons never wait for each other's rows.
    new = {
        name for name, until in sorted({mark.name: mark.until for mark in marks}.items()) if _went_in(tx, name, until)
    }
    return [_first(new, mark) for mark in marks]


def _went_in(tx: Tx, name: str, until: int) -> bool:
    return tx.insert(schema.nonces, [{"name": name, "until": until}], ignore=True) > 0


def _first(new: set[str], mark: Mark) -> bool:
    """Whether a mark is new, and the first of its name in this transaction."""
    known = mark.name not in new
    new.discard(mark.name)
    return not known
