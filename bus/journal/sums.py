"""How many copies are where, without counting all there ever were: those that are settled for good are counted once.

A copy that is delivered, cancelled or expired never moves again. A cursor follows the events (semantics 8) and counts each such
copy when an event speaks of it; what was there before, another cursor counts block by block. A bit for each copy tells
whether it was counted, so no number of events makes it two. All others are few, and indexes hold them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, bindparam, func, literal_column, select

from bus.journal import schema
from bus.journal.cursor import move_cursors
from bus.journal.sql import Among, ask
from bus.journal.states import SETTLED, State, in_state, indexed
from bus.journal.tx import Tx

#: Events, and numbers of older copies, that one call works off at the most so that it keeps nobody waiting.
PORTION, OLDER = 1000, 1000
#: The names of the cursors: the events, and the highest copy of those from before that was not counted yet.
NEW, OLD = "sums", "sums.old"
#: Copies whose numbers differ in the last bits only share a row of bits.
_BITS = 12
_IN_BLOCK = (1 << _BITS) - 1
#: Above every number.
_END = 1 << 62
#: Nothing moves a copy out of these; out of all others something may.
FINAL = tuple(state for state in SETTLED if state is not State.DEAD)
_LIVE = tuple(state for state in State if state not in FINAL)

_C, _E, _P = schema.copies.c, schema.events.c, schema.cursors.c
_S, _B = schema.copy_sums.c, schema.copies_summed.c

#: Copies by the endpoint they are for and the state they are in.
Counts = Mapping[tuple[str, str], int]

_POSITIONS = select(_P.name, _P.position).where(Among(_P.name, "names"))
_MINE = _POSITIONS.with_for_update(skip_locked=True)
_LAST_EVENT = select(func.coalesce(func.max(_E.seq), 0))
_LAST_COPY = select(func.coalesce(func.max(_C.seq), 0))
_PRIMARY = _C.kind == "primary"
_COUNTED = (in_state(_C.state, *FINAL), _PRIMARY)
#: Keeps the databases from going through all numbers there are.
_NOT_BY_NUMBER: ColumnElement[int] = literal_column("0")
_SPOKEN_OF = select(_E.copy).where(_E.seq > bindparam("after"), _E.seq <= bindparam("upto"), _E.copy.is_not(None))
_BY_EVENTS = select(_C.seq, _C.endpoint, _C.state).where(
    _C.id.in_(_SPOKEN_OF), _C.seq + _NOT_BY_NUMBER > bindparam("old"), *_COUNTED
)
_BY_NUMBER = select(_C.seq, _C.endpoint, _C.state).where(
    _C.seq > bindparam("above"), _C.seq <= bindparam("upto"), *_COUNTED
)
_BLOCKS = select(_B.block, _B.bits).where(Among(_B.block, "blocks"))


class Settled(NamedTuple):
    """A copy to which nothing happens any more."""

    seq: int
    endpoint: str
    state: str


class Summed(NamedTuple):
    """What a call worked off."""

    events: int = 0
    older: int = 0


def sum_up(tx: Tx, requests: Sequence[int]) -> list[Summed | Exception]:
    """Count the next portion: what the events speak of, or, where there is no event left, so many of the older copies.
    Nothing, where another process is at it.
    """
    return [_sum_up(tx, older) for older in requests]


def uncounted(connection: Connection) -> bool:
    """Whether there is something to count."""
    places = _places(ask(connection, _POSITIONS, names=[NEW, OLD]))
    last = connection.execute(_LAST_EVENT).scalar_one()
    return not places or places[OLD] > 0 or places[NEW] < last


def counts(connection: Connection) -> Counts:
    """Primary copies by endpoint and state, in the one moment that the connection has to see."""
    places = _places(ask(connection, _POSITIONS, names=[NEW, OLD])) or {NEW: _END, OLD: _END}
    told = Counter({_split(name): count for name, count in connection.execute(select(_S.name, _S.count))})
    tail = _settled(ask(connection, _BY_EVENTS, after=places[NEW], upto=_END, old=places[OLD]))
    told.update(_name(copy) for copy in _fresh(tail, _bits(connection, tail)))
    if places[OLD]:
        told.update(_grouped(connection, _C.seq <= places[OLD], *_COUNTED))
    for state in _LIVE:
        told.update(_grouped(connection, indexed(_C.state, state), _PRIMARY))
    return told


def _sum_up(tx: Tx, older: int) -> Summed:
    places = _places(tx.ask(_MINE, names=[NEW, OLD]))
    if not places:  # there are none yet, or another process is at work
        _begin(tx)
        return Summed()
    last = tx.connection.execute(_LAST_EVENT).scalar_one()
    if places[NEW] < last:
        return _follow(tx, places, min(places[NEW] + PORTION, last))
    return _go_back(tx, places[OLD], older)


def _begin(tx: Tx) -> None:
    """Where nothing was counted yet. In this order: what comes between the two questions is counted by its event."""
    new = tx.connection.execute(_LAST_EVENT).scalar_one()
    old = tx.connection.execute(_LAST_COPY).scalar_one()
    tx.insert(schema.cursors, [{"name": NEW, "position": new}, {"name": OLD, "position": old}], ignore=True)


def _follow(tx: Tx, places: Mapping[str, int], upto: int) -> Summed:
    _count(tx, _settled(tx.ask(_BY_EVENTS, after=places[NEW], upto=upto, old=places[OLD])))
    move_cursors(tx, [(NEW, upto)])
    return Summed(events=upto - places[NEW])


def _go_back(tx: Tx, upto: int, older: int) -> Summed:
    above = max(0, upto - older)
    if upto:
        _count(tx, _settled(tx.ask(_BY_NUMBER, above=above, upto=upto)))
        move_cursors(tx, [(OLD, above)])
    return Summed(older=upto - above)


def _count(tx: Tx, copies: Sequence[Settled]) -> None:
    """Add those that were not counted before, and remember that they are now."""
    bits = _bits(tx.connection, copies)
    fresh = _fresh(copies, bits)
    if fresh:
        tx.tally(schema.copy_sums, "name", "count", Counter(map(_text, fresh)))
        tx.put(schema.copies_summed, "block", [{"block": block, "bits": f"{bits[block]:x}"} for block in sorted(bits)])


def _bits(connection: Connection, copies: Iterable[Settled]) -> dict[int, int]:
    """What was counted of the blocks in which these copies are."""
    blocks = sorted({copy.seq >> _BITS for copy in copies})
    return dict.fromkeys(blocks, 0) | {block: int(bits, 16) for block, bits in ask(connection, _BLOCKS, blocks=blocks)}


def _fresh(copies: Iterable[Settled], bits: dict[int, int]) -> list[Settled]:
    """Those that were not counted; marked as if they were now."""
    fresh = []
    for copy in copies:
        block, bit = copy.seq >> _BITS, 1 << (copy.seq & _IN_BLOCK)
        if not bits[block] & bit:
            bits[block] |= bit
            fresh.append(copy)
    return fresh


def _grouped(connection: Connection, *where: ColumnElement[bool]) -> Counts:
    query = select(_C.endpoint, _C.state, func.count()).where(*where).group_by(_C.endpoint, _C.state)
    return {(endpoint, state): count for endpoint, state, count in connection.execute(query)}


def _places(rows: Iterable[Sequence[Any]]) -> dict[str, int]:
    """Where the cursors are; nothing, unless both are there."""
    places = dict(map(tuple, rows))
    return places if places.keys() == {NEW, OLD} else {}


def _settled(rows: Iterable[Sequence[Any]]) -> list[Settled]:
    return list(map(Settled._make, rows))


def _name(copy: Settled) -> tuple[str, str]:
    return copy.endpoint, copy.state


def _text(copy: Settled) -> str:
    """The name of a sum: no state has a space in it."""
    return f"{copy.state} {copy.endpoint}"


def _split(name: str) -> tuple[str, str]:
    state, _, endpoint = name.partition(" ")
    return endpoint, state
