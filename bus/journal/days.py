"""The account by day and rule: what there is, beside what retention summed up when events went."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select

from bus.clock import MICROS, instant
from bus.journal import schema
from bus.journal.store import Store

_DAY = 86_400 * MICROS
_M, _C, _S = schema.messages.c, schema.copies.c, schema.day_sums.c


@dataclass(frozen=True, slots=True)
class Day:
    """Primary copies of one day (UTC), rule and state, and how many of them were summed up."""

    day: str
    rule: str
    state: str
    copies: int
    summed: int


def days_since(store: Store, since: int) -> list[Day]:
    """Of messages accepted since the beginning of an instant's day (microseconds), in order."""
    begin = since - since % _DAY
    number = _C.accepted_at.op("/")(_DAY)
    counted = (
        select(number, _C.rule, _C.state, func.count())
        .join(schema.messages, _M.id == _C.message)
        .where(_M.accepted_at >= begin, _C.accepted_at >= begin, _C.kind == "primary")
        .group_by(number, _C.rule, _C.state)
    )
    summed = select(_S.day, _S.rule, _S.state, _S.count).where(_S.day >= _name(begin // _DAY))
    with store.reading() as connection:
        there = {(_name(row[0]), row[1], row[2]): row[3] for row in connection.execute(counted)}
        sums = {(row[0], row[1], row[2]): row[3] for row in connection.execute(summed)}
    return [Day(*key, there.get(key, 0), sums.get(key, 0)) for key in sorted({*there, *sums})]


def _name(number: int) -> str:
    return instant(number * _DAY).date().isoformat()
