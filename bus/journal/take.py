"""The verbs of the mailbox: a partner fetches its copy, says it has begun, and acknowledges (semantics 5)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy import and_, select

from bus.errors import Rejected
from bus.journal import copy as copies_
from bus.journal import schema
from bus.journal.copy import Copy, move, touch
from bus.journal.fingerprint import fingerprint
from bus.journal.settle import clean, spare_recalls
from bus.journal.states import Reason, State
from bus.journal.tx import Tx

#: A copy that was recalled before anybody fetched it is gone: its recipient may not learn of it.
_GONE = frozenset({Reason.RECALLED, Reason.NOTHING_TO_RECALL})


@dataclass(frozen=True, slots=True)
class Fetch:
    """One copy, asked for by a partner that may act for these agencies."""

    copy: str
    agencies: frozenset[str]
    by: str


@dataclass(frozen=True, slots=True)
class Ack(Fetch):
    """``done``: the partner has it; otherwise it will not take it, for ``reason``."""

    done: bool
    reason: str = ""


R = TypeVar("R", bound=Fetch)


def fetch(tx: Tx, requests: Sequence[Fetch]) -> list[Copy | Exception]:
    """Note the first fetch of each; the copy whose bytes may go out."""
    return _each(tx, requests, _fetch)


def begin(tx: Tx, requests: Sequence[Fetch]) -> list[Copy | Exception]:
    """Note that the partner has begun to work on each."""
    return _each(tx, requests, _begin)


def ack(tx: Tx, requests: Sequence[Ack]) -> list[Copy | Exception]:
    """Settle each as its partner says; idempotent."""
    results = _each(tx, requests, _ack)
    spare_recalls(tx, [copy for copy in results if isinstance(copy, Copy) and copy.recalled_by])
    return results


def _each(tx: Tx, requests: Sequence[R], act: Callable[[Tx, Copy, R], Copy]) -> list[Copy | Exception]:
    found = _load(tx, requests)
    before = dict(found)
    results = [_one(tx, found, request, act) for request in requests]
    tx.save(copy for id_, copy in found.items() if copy is not before[id_])
    return results


def _load(tx: Tx, requests: Sequence[Fetch]) -> dict[str, Copy]:
    ids = sorted({request.copy for request in requests})
    table = schema.copies.c
    # A mailbox has no lanes; what was born dead or queued may have been given a way to it later.
    born = table.born.in_([State.OFFERED, State.HELD, State.DEAD, State.QUEUED])
    mine = and_(born, table.lane == "", table.endpoint != "")
    query = select(*copies_.COLUMNS).where(table.id.in_(ids), mine)
    return {copy.id: copy for copy in map(copies_.from_row, tx.connection.execute(query.with_for_update()))}


def _one(tx: Tx, found: dict[str, Copy], request: R, act: Callable[[Tx, Copy, R], Copy]) -> Copy | Exception:
    copy = found.get(request.copy)
    if copy is None or not visible(copy, request.agencies):
        return Rejected("not_found", request.copy)
    try:
        found[copy.id] = act(tx, copy, request)
    except Rejected as refusal:
        return refusal
    return found[copy.id]


def visible(copy: Copy, agencies: frozenset[str]) -> bool:
    """Whether a partner that acts for ``agencies`` may know of this copy."""
    taken_back = copy.state == State.CANCELLED or (copy.state == State.DEAD and copy.recalled_by is not None)
    never_seen = copy.state in (State.HELD, State.EXPIRED) or (taken_back and copy.fetched_at is None)
    return copy.recipient in agencies and not never_seen and copy.reason not in _GONE


def _fetch(tx: Tx, copy: Copy, request: Fetch) -> Copy:
    if copy.fetched_at is not None:
        return copy
    fetched = touch(copy, tx.now, fetched_at=tx.now, processing_at=copy.processing_at or tx.now)
    tx.tell("copy.fetched", copy.message, fetched, by=request.by)
    return fetched


def _begin(tx: Tx, copy: Copy, _request: Fetch) -> Copy:
    return touch(copy, tx.now, processing_at=tx.now) if copy.processing_at is None else copy


def _ack(tx: Tx, copy: Copy, request: Ack) -> Copy:
    to = State.DELIVERED if request.done else State.DEAD
    if copy.state == to:
        return copy
    if copy.state not in (State.OFFERED, State.IN_DOUBT):
        raise Rejected("ack.settled", f"it is {copy.state}", state=str(copy.state))
    reason = "" if request.done else clean(request.reason) or Reason.RECIPIENT_FAILED
    acked = move(copy, to, tx.now, reason=reason)
    tx.tell(f"copy.{to}", copy.message, acked, by=request.by, reason=reason)
    if not request.done:
        tx.fail(acked, fingerprint(copy.endpoint, Reason.RECIPIENT_FAILED))
    return acked
