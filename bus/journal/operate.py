"""The verbs of the operator: hold, release, cancel, replay, resend, and the word on what stayed in doubt.

Each takes a frozen list of copies, tells of every one whether it was done or why not, and moves nothing
that semantics 3 does not draw.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import exists, select

from bus.errors import BusError, IllegalMove, NotFound
from bus.journal import copy as copies_
from bus.journal import event as events_
from bus.journal import schema
from bus.journal.copy import Copy, move
from bus.journal.event import Event
from bus.journal.fingerprint import fingerprint
from bus.journal.lane import lane_of, reports
from bus.journal.placement import Placement
from bus.journal.settle import spare_recalls
from bus.journal.states import OPEN, Reason, State
from bus.journal.tx import Tx


@dataclass(frozen=True, slots=True)
class Way:
    """Where a copy goes under a version of the routes."""

    placement: Placement
    routes_version: str


@dataclass(frozen=True, slots=True)
class Order:
    """What an operator wants of some copies. ``state`` is for :func:`decide` only, and ``ways`` for :func:`replay`."""

    copies: tuple[str, ...]
    by: str
    reason: str = ""
    state: str = ""
    #: Where copies that had no way go now.
    ways: Mapping[str, Way] = field(default_factory=dict)
    #: The plan it is a part of.
    replay: str = ""


@dataclass(frozen=True, slots=True)
class Done:
    """What became of one copy of an order: its state now, why nothing was done if nothing was, and what it was before."""

    copy: str
    state: str
    refused: str = ""
    was: str = ""


Results = list[list[Done] | Exception]

_DECISIONS = (State.DELIVERED, State.QUEUED, State.DEAD)


def hold(tx: Tx, orders: Sequence[Order]) -> Results:
    """Keep copies back until they are released."""
    return [each(tx, order, _hold) for order in orders]


def release(tx: Tx, orders: Sequence[Order]) -> Results:
    """Let held copies go on from where they were."""
    return [each(tx, order, _release) for order in orders]


def cancel(tx: Tx, orders: Sequence[Order]) -> Results:
    """Give copies up for good; for a dead one this also lets go what waits behind it in its lane."""
    return [each(tx, order, _cancel) for order in orders]


def replay(tx: Tx, orders: Sequence[Order]) -> Results:
    """Try dead copies again: the same copy, its next attempt."""
    return [each(tx, order, _replay) for order in orders]


def decide(tx: Tx, orders: Sequence[Order]) -> Results:
    """Settle copies in doubt by the operator's word: ``delivered``, ``queued`` (send again) or ``dead``."""
    return [each(tx, order, _decide) for order in orders]


def resend(tx: Tx, orders: Sequence[Order]) -> Results:
    """Send again what is settled: a new copy of the old one, with the same ids and bytes on the wire."""
    return [each(tx, order, _resend) for order in orders]


Act = Callable[[Tx, Copy, Order], Copy]


def each(tx: Tx, order: Order, act: Act) -> list[Done]:
    """Carry an order out copy by copy; what raises is refused with its words."""
    rows = tx.ask(copies_.BY_ID, ids=sorted(set(order.copies)))
    found = {copy.id: copy for copy in map(copies_.from_row, rows)}
    after = {id_: _one(tx, found.get(id_), order, act) for id_ in order.copies}
    changed = [copy for copy in after.values() if isinstance(copy, Copy)]
    tx.save(copy for copy in changed if copy.id in found)
    tx.woken.update(copy.endpoint for copy in changed)
    spare_recalls(tx, [copy for copy in changed if copy.recalled_by])
    return [_done(id_, found.get(id_), result) for id_, result in after.items()]


def _one(tx: Tx, copy: Copy | None, order: Order, act: Act) -> Copy | BusError:
    if copy is None:
        return NotFound("no such copy")
    try:
        return act(tx, copy, order)
    except BusError as error:
        return error


def _done(id_: str, before: Copy | None, result: Copy | BusError) -> Done:
    if isinstance(result, Copy):
        return Done(result.id, result.state, was=before.state if before and before.id == result.id else "")
    return Done(id_, before.state if before else "", str(result))


def tell(tx: Tx, what: str, copy: Copy, order: Order) -> Copy:
    """Note what an order did to a copy."""
    tx.tell(what, copy.message, copy, by=order.by, reason=order.reason, replay=order.replay)
    return copy


def _hold(tx: Tx, copy: Copy, order: Order) -> Copy:
    if copy.state not in (State.QUEUED, State.WAITING, State.OFFERED):
        raise IllegalMove(f"copy {copy.id} is {copy.state} and cannot be held")
    held = move(
        copy, State.HELD, tx.now, reason=order.reason or Reason.OPERATOR, held_from=copy.state, until=copy.until
    )
    return tell(tx, "copy.held", held, order)


def _release(tx: Tx, copy: Copy, order: Order) -> Copy:
    if copy.state != State.HELD:
        raise IllegalMove(f"copy {copy.id} is {copy.state}, not held")
    back = State(copy.held_from or State.QUEUED)
    # Time in hold was no time of trying.
    free = move(copy, back, tx.now, held_from=None, until=copy.until, since=copy.since + tx.now - copy.changed_at)
    return tell(tx, "copy.released", free, order)


def _cancel(tx: Tx, copy: Copy, order: Order) -> Copy:
    if copy.state not in (State.QUEUED, State.WAITING, State.OFFERED, State.HELD, State.DEAD):
        raise IllegalMove(f"copy {copy.id} is {copy.state} and cannot be cancelled")
    return tell(
        tx, "copy.cancelled", move(copy, State.CANCELLED, tx.now, reason=order.reason or Reason.OPERATOR), order
    )


def why_not_replayed(copy: Copy, way: Way | None = None) -> str:
    """Why a copy is not replayed, or not that way; empty where it may be."""
    if copy.state != State.DEAD:
        return f"it is {copy.state}; only a dead copy is replayed (a settled one is sent again with resend)"
    if copy.recalled_by:
        return f"it was recalled by {copy.recalled_by}"
    if copy.endpoint:
        return ""
    if way is None or not way.placement.endpoint:
        return f"it has no route: {way.placement.dead if way else copy.reason}"
    return f"its route leads back where it came from, to {way.placement.endpoint}" if way.placement.held else ""


def _replay(tx: Tx, copy: Copy, order: Order) -> Copy:
    way = order.ways.get(copy.id)
    if why_not := why_not_replayed(copy, way):
        raise IllegalMove(f"copy {copy.id}: {why_not}")
    if way and not copy.endpoint:
        copy = given_way(tx, copy, way)
    # That it was fetched stays known: a recall looks at it.
    return tell(tx, "copy.replayed", move(copy, copy.usual, tx.now, since=tx.now, processing_at=None), order)


def given_way(tx: Tx, copy: Copy, way: Way) -> Copy:
    """A copy that was born without a way, or goes another one, gets it: endpoint, delivery and lane."""
    place = way.placement
    event = event_of(tx, copy.message)
    columns: dict[str, Any] = {
        "endpoint": place.endpoint,
        "rule": place.rule,
        "routes_version": way.routes_version,
        "delivery": f"{event.id}+{place.endpoint}" if place.one_call else copy.id,
        "lane": "" if place.mailbox else _lane(tx, event, copy, place),
    }
    tx.update(schema.copies, ("id", *columns), [(copy.id, *columns.values())])
    return copy._replace(**columns)


def _lane(tx: Tx, event: Event, copy: Copy, place: Placement) -> str:
    """The lane in which what the event is about goes to this recipient, or a new one."""
    target = event_of(tx, event.target) if event.target else event
    table = schema.copies.c
    begun = select(table.lane).where(
        table.message == target.id,
        table.recipient.in_([copy.recipient, *place.spellings]),
        table.endpoint == place.endpoint,
        table.lane != "",
    )
    lane = None if reports(event) else tx.connection.execute(begun.limit(1)).scalar()
    return lane or lane_of(event, place.endpoint, copy.recipient, target.key)


def event_of(tx: Tx, message: str) -> Event:
    """The message of a copy."""
    query = select(*events_.COLUMNS).where(schema.messages.c.id == message)
    return events_.from_row(tx.connection.execute(query).one())


def _decide(tx: Tx, copy: Copy, order: Order) -> Copy:
    if copy.state != State.IN_DOUBT:
        raise IllegalMove(f"copy {copy.id} is {copy.state}, not in doubt")
    if order.state not in _DECISIONS:
        raise IllegalMove(f"a doubt is settled as {', '.join(_DECISIONS)}, not as {order.state or 'nothing'}")
    to = State(order.state)
    doubted = 0 if to == State.QUEUED else copy.doubted  # whoever says "send it again" says that it did not arrive
    if to == State.QUEUED and copy.recalled_by:
        to = State.CANCELLED
    elif to == State.QUEUED:
        to = copy.usual
    reason = order.reason if to != State.CANCELLED else Reason.RECALLED
    if to == State.DEAD:
        tx.fail(copy, fingerprint(copy.endpoint, Reason.OPERATOR))
    return tell(tx, "copy.decided", move(copy, to, tx.now, reason=reason, doubted=doubted, since=tx.now), order)


def _resend(tx: Tx, copy: Copy, order: Order) -> Copy:
    if copy.state not in (State.DELIVERED, State.CANCELLED, State.EXPIRED) or copy.kind == "resend":
        raise IllegalMove(f"copy {copy.id} is {copy.state}; only what is settled is sent again")
    if copy.recalled_by:
        raise IllegalMove(f"copy {copy.id} was recalled by {copy.recalled_by}")
    if _has_open_resend(tx, copy.id):
        raise IllegalMove(f"copy {copy.id} is being sent again already")
    again = _resend_copy(tx, copy)
    tx.add(schema.copies, copies_.NAMES, [again.row()])
    return tell(tx, "copy.resent", again, order)


def _has_open_resend(tx: Tx, copy: str) -> bool:
    table = schema.copies.c
    query = select(
        exists().where(
            table.of_copy == copy,
            table.message == select(table.message).where(table.id == copy).scalar_subquery(),
            table.state.in_(OPEN),
        )
    )
    return bool(tx.connection.execute(query).scalar())


def _resend_copy(tx: Tx, copy: Copy) -> Copy:
    id_ = next(tx.ids)
    return copy._replace(
        id=id_,
        part=f"resend:{id_}",
        kind="resend",
        of_copy=copy.id,
        delivery=id_,
        born=copy.usual,
        state=copy.usual,
        reason="",
        until=None,
        attempts=0,
        doubted=0,
        sent_at=None,
        lease=None,
        remote_id=None,
        fetched_at=None,
        processing_at=None,
        held_from=None,
        since=tx.now,
        accepted_at=tx.now,
        changed_at=tx.now,
    )
