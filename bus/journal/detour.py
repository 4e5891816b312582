"""The verbs of the operator for what cannot go its way: to another endpoint, back to the sender, or on without it.

As in ``operate``: a frozen list of copies, an answer for each, and no move that semantics 3 does not draw.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from bus.errors import IllegalMove
from bus.journal import schema
from bus.journal.copy import Copy, move, touch
from bus.journal.operate import Order, Results, Way, each, event_of, given_way, tell
from bus.journal.states import MOVES, State
from bus.journal.tx import Tx

_FROM = (State.DEAD, State.HELD, State.QUEUED, State.WAITING)
_RETURNED = (*_FROM, State.OFFERED)
#: What a partner made of a copy is nothing to the next one.
_FRESH = {"remote_id": None, "sent_at": None, "fetched_at": None, "processing_at": None, "doubted": 0}


def redirect(tx: Tx, orders: Sequence[Order]) -> Results:
    """Send copies the way their order names: a dead one is tried there, a held one stays held until it is released."""
    return [each(tx, order, _redirect) for order in orders]


def give_back(tx: Tx, orders: Sequence[Order]) -> Results:
    """Give copies up for good, with a word to their sender: that is a consequence of the event."""
    return [each(tx, order, _give_back) for order in orders]


def skip(tx: Tx, orders: Sequence[Order]) -> Results:
    """Let what waits behind dead copies in their lanes go without them."""
    return [each(tx, order, _skip) for order in orders]


def why_not_redirected(copy: Copy, way: Way | None) -> str:
    """Why a copy does not go that way; empty where it may."""
    if copy.state not in _FROM:
        return f"it is {copy.state}; only what is dead, held, queued or waiting is redirected"
    if copy.kind != "primary":
        return f"it is a {copy.kind}, which goes where its first went"
    if copy.recalled_by:
        return f"it was recalled by {copy.recalled_by}"
    if way is None or way.placement.dead:
        return way.placement.dead if way else "it has no way there"
    if way.placement.endpoint == copy.endpoint:
        return f"it goes to {copy.endpoint} already"
    return ""


def may_have_it(copy: Copy) -> bool:
    """Whether somebody may have a copy that is not delivered: in doubt once, or fetched and never answered for."""
    return bool(copy.doubted) or (copy.fetched_at is not None and copy.state != State.DEAD)


def _redirect(tx: Tx, copy: Copy, order: Order) -> Copy:
    way = order.ways.get(copy.id)
    if why_not := why_not_redirected(copy, way):
        raise IllegalMove(f"copy {copy.id}: {why_not}")
    assert way is not None
    tx.woken.add(copy.endpoint)
    there = given_way(tx, copy, way)
    if there.state == State.HELD:
        after = touch(there, tx.now, held_from=str(there.usual), until=None, **_FRESH)
    else:
        after = _on(there, tx.now)
    tx.tell(
        "copy.redirected",
        after.message,
        after,
        by=order.by,
        reason=order.reason,
        **{"from": copy.endpoint, "to": after.endpoint},
    )
    return after


def _on(copy: Copy, now: int) -> Copy:
    """The copy where it goes from; to a mailbox by way of held, for nothing goes there from a queue."""
    fresh: dict[str, Any] = {**_FRESH, "since": now, "held_from": None}
    if copy.state == copy.usual:
        return touch(copy, now, **fresh)
    via = copy if copy.usual in MOVES[copy.state] else move(copy, State.HELD, now)
    return move(via, copy.usual, now, **fresh)


def _give_back(tx: Tx, copy: Copy, order: Order) -> Copy:
    if copy.state not in _RETURNED:
        raise IllegalMove(f"copy {copy.id} is {copy.state} and cannot be given back")
    if copy.kind != "primary" or event_of(tx, copy.message).type != "edoc":
        raise IllegalMove(f"copy {copy.id}: only a recipient's copy of a document is given back to its sender")
    if copy.recalled_by:
        raise IllegalMove(f"copy {copy.id} was recalled by {copy.recalled_by}: its sender has asked for it")
    if may_have_it(copy):
        raise IllegalMove(f"copy {copy.id}: its recipient may have it, and its sender would be told otherwise")
    return tell(tx, "copy.returned", move(copy, State.CANCELLED, tx.now, reason=order.reason), order)


def _skip(tx: Tx, copy: Copy, order: Order) -> Copy:
    if copy.state != State.DEAD:
        raise IllegalMove(f"copy {copy.id} is {copy.state}; only behind a dead copy does anything wait for an operator")
    table = schema.copies.c
    if tx.connection.execute(select(table.skipped).where(table.id == copy.id)).scalar() is not None:
        raise IllegalMove(f"copy {copy.id}: what waits behind it may go without it already")
    tx.update(schema.copies, ("id", "skipped"), [(copy.id, tx.now)])
    return tell(tx, "copy.skipped", copy, order)
