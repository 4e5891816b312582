"""The verbs of standing holds: what comes and fits one is born held, until it is lifted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace

from sqlalchemy import select, update

from bus.errors import IllegalMove, NotFound
from bus.journal import schema
from bus.journal.hold import COLUMNS, Hold
from bus.journal.settle import clean
from bus.journal.tx import Tx

_H = schema.holds.c


@dataclass(frozen=True, slots=True)
class Standing:
    """What is to be held from now on. ``sender`` is a canonical code."""

    by: str
    rule: str = ""
    sender: str = ""
    endpoint: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Lift:
    """A hold that is to stand no longer."""

    id: str
    by: str


def stand(tx: Tx, asked: Sequence[Standing]) -> list[Hold | Exception]:
    """Hold what comes; the holds that stand then."""
    made = [Hold(id=next(tx.ids), at=tx.now, **{**asdict(one), "reason": clean(one.reason)}) for one in asked]
    tx.insert(schema.holds, [asdict(hold) for hold in made])
    return list(made)


def lift(tx: Tx, asked: Sequence[Lift]) -> list[Hold | Exception]:
    """Hold no longer what comes; what is held already stays so. NotFound and IllegalMove for what does not stand."""
    return [_lift(tx, one) for one in asked]


def _lift(tx: Tx, asked: Lift) -> Hold | Exception:
    row = tx.connection.execute(select(*COLUMNS).where(_H.id == asked.id).with_for_update()).first()
    if row is None:
        return NotFound(f"there is no hold {asked.id}")
    hold = Hold(*row)
    if hold.lifted_at is not None:
        return IllegalMove(f"hold {asked.id} was lifted by {hold.lifted_by} already")
    lifted = replace(hold, lifted_by=asked.by, lifted_at=tx.now)
    tx.connection.execute(update(schema.holds).where(_H.id == asked.id).values(lifted_by=asked.by, lifted_at=tx.now))
    return lifted
