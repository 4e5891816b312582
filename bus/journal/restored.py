"""The verbs of recovery: a journal that was restored from a backup sends nothing until it is told to (semantics 12).

What was open when the backup was made may have arrived since, or been fetched: all of it is in doubt, until its partner
is asked about it or an operator lets it go. What comes in new waits for that too, but for what partners fetch themselves.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, delete, exists, or_, select, update

from bus.journal import copy as copies_
from bus.journal import schema
from bus.journal.copy import Copy, move, touch
from bus.journal.fingerprint import fingerprint
from bus.journal.states import OPEN, Reason, State, in_state
from bus.journal.tx import Tx

#: Copies one call handles at the most.
AT_MOST = 500

_C, _R, _W, _E = schema.copies.c, schema.recoveries.c, schema.restored.c, schema.recovered.c
_RECOVERING = exists().where(_R.ended_at.is_(None))
#: Nothing keeps the bus from sending a copy to its endpoint.
MAY_BE_SENT: ColumnElement[bool] = or_(~_RECOVERING, exists().where(_E.endpoint == _C.endpoint))


@dataclass(frozen=True, slots=True)
class Restore:
    """Of a backup made at ``made_at`` (microseconds), whose last event is ``position``."""

    made_at: int
    position: int
    by: str


@dataclass(frozen=True, slots=True)
class Ask:
    """Have the partner of an endpoint asked about its restored copies, from behind one of them on."""

    endpoint: str
    after: str = ""


@dataclass(frozen=True, slots=True)
class Release:
    """Let what was restored at an endpoint go on, from behind one copy on. ``began``: when that was said (microseconds)."""

    endpoint: str
    by: str
    reason: str
    began: int
    after: str = ""


def begin(tx: Tx, restores: Sequence[Restore]) -> list[Exception | None]:
    """Say that this journal was restored. A recovery that was under way when the backup was made goes on in this one."""
    for one in restores:
        _begin(tx, one)
    return [None] * len(restores)


def doubt(tx: Tx, places: Sequence[int]) -> list[int | Exception | None]:
    """Doubt the next of what was open, behind a sequence number; where the next portion begins, None at the end."""
    return [_doubt(tx, after) for after in places]


def ask(tx: Tx, requests: Sequence[Ask]) -> list[str | Exception | None]:
    """Make questions due; where the next portion begins, None at the end."""
    return [_ask(tx, one) for one in requests]


def release(tx: Tx, requests: Sequence[Release]) -> list[str | Exception | None]:
    """Let the next go on from where they were at the backup; where the next portion begins, None at the end."""
    return [_release(tx, one) for one in requests]


def open_up(tx: Tx, requests: Sequence[Release]) -> list[int | Exception]:
    """Send to an endpoint again. Gives how many copies were given time anew, which must be none for it to be open."""
    return [_open_up(tx, one) for one in requests]


def end(tx: Tx, requests: Sequence[str]) -> list[Exception | None]:
    """Say that the recovery is over."""
    tx.connection.execute(update(schema.recoveries).where(_R.ended_at.is_(None)).values(ended_at=tx.now))
    for table in (schema.restored, schema.recovered):
        tx.connection.execute(delete(table))
    return [None] * len(requests)


def _begin(tx: Tx, restore: Restore) -> None:
    tx.connection.execute(update(schema.recoveries).where(_R.ended_at.is_(None)).values(ended_at=tx.now))
    doubtful = select(_C.id).where(in_state(_C.state, State.IN_DOUBT))
    tx.connection.execute(delete(schema.restored).where(_W.copy.not_in(doubtful)))
    tx.connection.execute(delete(schema.recovered))
    row = {"made_at": restore.made_at, "position": restore.position, "restored_at": tx.now, "by": restore.by}
    tx.insert(schema.recoveries, [row])


def _doubt(tx: Tx, after: int) -> int | None:
    known = exists().where(_W.copy == _C.id)
    query = select(*copies_.COLUMNS, _C.seq).where(_C.seq > after, in_state(_C.state, *OPEN), ~known)
    rows = tx.connection.execute(query.order_by(_C.seq).limit(AT_MOST).with_for_update(of=schema.copies)).all()
    found = [copies_.from_row(row) for row in rows]
    tx.insert(schema.restored, [_as_it_was(copy) for copy in found])
    doubted = [_in_doubt(copy, tx.now) for copy in found]
    for copy in doubted:
        tx.tell("copy.in_doubt", copy.message, copy, reason=copy.reason)
        tx.fail(copy, fingerprint(copy.endpoint, copy.reason))
    tx.save(doubted)
    if len(rows) == AT_MOST:
        return int(rows[-1][-1])
    undoubted = _R.doubted_at.is_(None)
    tx.connection.execute(update(schema.recoveries).where(undoubted).values(doubted_at=tx.now))
    return None


def _as_it_was(copy: Copy) -> dict[str, Any]:
    return {"copy": copy.id, "was": str(copy.state), "reason": copy.reason, "until": copy.until}


def _in_doubt(copy: Copy, now: int) -> Copy:
    """In doubt until somebody says more. A partner is asked about what it may have got since it was accepted."""
    changes: dict[str, Any] = {"reason": Reason.RESTORED, "until": None, "sent_at": copy.sent_at or copy.accepted_at}
    if copy.state == State.IN_DOUBT:
        return touch(copy, now, **changes)
    return move(copy, State.IN_DOUBT, now, **changes)


def _ask(tx: Tx, request: Ask) -> str | None:
    found = _restored(tx, request.endpoint, request.after)
    tx.save(touch(copy, tx.now, until=tx.now) for copy, _ in found if copy.until is None)
    tx.woken.add(request.endpoint)
    return found[-1][0].id if len(found) == AT_MOST else None


def _release(tx: Tx, request: Release) -> str | None:
    found = _restored(tx, request.endpoint, request.after)
    freed = [_freed(copy, was, tx.now) for copy, was in found]
    for copy in freed:
        tx.tell("copy.released", copy.message, copy, by=request.by, reason=request.reason)
    tx.save(freed)
    return freed[-1].id if len(freed) == AT_MOST else None


def _freed(copy: Copy, was: Any, now: int) -> Copy:
    """A copy as the release leaves it: on its way, in the mailbox or held again, or in doubt as others are."""
    if copy.recalled_by or was.was in (State.SENDING, State.IN_DOUBT):
        return touch(copy, now, until=now)
    if was.was == State.HELD:
        return move(copy, State.HELD, now, reason=was.why, until=was.due)
    return move(copy, copy.usual, now, since=now)


def _open_up(tx: Tx, request: Release) -> int:
    waited = _waited(tx, request)
    tx.save(touch(copy, tx.now, since=tx.now) for copy in waited)
    if not waited:
        row = {"endpoint": request.endpoint, "at": tx.now, "by": request.by, "reason": request.reason}
        tx.insert(schema.recovered, [row], ignore=True)
        theirs = exists().where(_C.id == _W.copy, _C.endpoint == request.endpoint)
        tx.connection.execute(delete(schema.restored).where(theirs))
        tx.woken.add(request.endpoint)
    return len(waited)


def _waited(tx: Tx, request: Release) -> list[Copy]:
    """What waited for the release: that was no time of trying."""
    mine = (in_state(_C.state, State.QUEUED), _C.endpoint == request.endpoint, _C.since < request.began)
    query = select(*copies_.COLUMNS).where(*mine).limit(AT_MOST).with_for_update()
    return [copies_.from_row(row) for row in tx.connection.execute(query)]


def _restored(tx: Tx, endpoint: str, after: str) -> list[tuple[Copy, Any]]:
    """The next restored copies of an endpoint that are in doubt, and how they were."""
    query = (
        select(*copies_.COLUMNS, _W.was, _W.reason.label("why"), _W.until.label("due"))
        .join(schema.restored, _W.copy == _C.id)
        .where(_W.copy > after, _C.endpoint == endpoint, in_state(_C.state, State.IN_DOUBT))
        .order_by(_W.copy)
        .limit(AT_MOST)
    )
    return [(copies_.from_row(row), row) for row in tx.connection.execute(query.with_for_update(of=schema.copies))]
