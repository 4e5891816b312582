"""The verb that settles: the outcome of a call, per copy, with the attempt that tells of it (semantics 3, 4, 6).

What becomes of a copy was decided by ``delivery``; here it is made durable, unless a recall that came
meanwhile says otherwise. A settlement whose lease has ended still tells the truth about a copy in doubt.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import or_, select

from bus.journal import copy as copies_
from bus.journal import recall, schema
from bus.journal.copy import Copy, move, touch
from bus.journal.fingerprint import Fingerprint, Place, fingerprint, place_of
from bus.journal.states import FAILED, Reason, State
from bus.journal.tx import Tx
from schemas.value import value

_LONGEST_WORDS, _LONGEST_CODE = 2000, 200
_ATTEMPT = (
    "copy",
    "number",
    "what",
    "outcome",
    "failure",
    "words",
    "call_remote_id",
    "sent_sha256",
    "began_at",
    "ended_at",
)


@value
class Settlement:
    """What one call meant for one copy. ``made`` is False where no call was made (given back, horizon)."""

    copy: str
    lease: str
    to: State
    reason: str = ""
    until: int | None = None
    remote_id: str | None = None
    asked: bool = False
    made: bool = True
    outcome: str = ""
    failure: str = ""
    words: str = ""
    #: What the partner's protocol calls the failure.
    code: str = ""
    began_at: int = 0
    ended_at: int = 0
    #: SHA-256 (hex) of what the call carried, where that was not the stored body as it is.
    sent_sha256: str | None = None


def settle(tx: Tx, settlements: Sequence[Settlement]) -> list[bool | Exception]:
    """Settle all; False where the lease was lost and the copy is past doubt."""
    found = _load(tx, [settlement.copy for settlement in settlements])
    results: list[bool | Exception] = []
    settled: dict[str, Copy] = {}
    for settlement in settlements:
        copy = settled.get(settlement.copy) or found.get(settlement.copy)
        after = _settle(tx, copy, settlement) if copy else None
        if after:
            settled[after.id] = after
        results.append(after is not None)
    made = [settlement for settlement in settlements if settlement.made]
    tx.add(schema.attempts, _ATTEMPT, [_attempt(s, found.get(s.copy)) for s in made if not s.code])
    coded = [(*_attempt(s, found.get(s.copy)), clean(s.code)[:_LONGEST_CODE]) for s in made if s.code]
    tx.add(schema.attempts, (*_ATTEMPT, "code"), coded)
    tx.save(settled.values())
    spare_recalls(tx, [copy for copy in settled.values() if copy.recalled_by])
    return results


def _load(tx: Tx, ids: Sequence[str]) -> dict[str, Copy]:
    rows = tx.ask(copies_.BY_ID, ids=sorted(set(ids)))
    return {copy.id: copy for copy in map(copies_.from_row, rows)}


def _settle(tx: Tx, copy: Copy, settlement: Settlement) -> Copy | None:
    holds = copy.lease == settlement.lease and copy.state in (State.SENDING, State.IN_DOUBT)
    if not holds:
        tx.tell("copy.settled_late", copy.message, copy, outcome=settlement.outcome or str(settlement.to))
        return None
    after = _apply(copy, settlement, tx.now)
    if copy.recalled_by:
        after = _recalled(copy, after, settlement, tx.now)
    tx.woken.add(after.endpoint)
    if after.state in FAILED and (settlement.made or after.state != copy.state):
        tx.fail(after, _fingerprint(after, settlement))
    what = f"copy.{after.state}" if after.state != copy.state else "copy.asked"
    tx.tell(what, after.message, after, reason=after.reason, failure=settlement.failure, attempt=after.attempts)
    return after


def _fingerprint(copy: Copy, settlement: Settlement) -> Fingerprint:
    if copy.reason == Reason.HORIZON:  # whether a call or the clock was last
        return fingerprint(copy.endpoint, copy.reason)
    place = Place.ASK if settlement.asked else place_of(settlement.failure or copy.reason)
    return fingerprint(copy.endpoint, copy.reason or settlement.failure, settlement.code, place)


def _apply(copy: Copy, settlement: Settlement, now: int) -> Copy:
    """The copy as the call's outcome leaves it."""
    remote = clean(settlement.remote_id)[:_LONGEST_WORDS] if settlement.remote_id else copy.remote_id
    if settlement.to == copy.state:
        return touch(copy, now, until=settlement.until, reason=settlement.reason, remote_id=remote)
    if copy.state == State.IN_DOUBT and not settlement.asked and settlement.to not in (State.DELIVERED, State.DEAD):
        return touch(copy, now)
    changes: dict[str, Any] = {"remote_id": remote}
    if copy.state == State.SENDING and not settlement.made:
        changes["attempts"] = copy.attempts - 1
    if settlement.asked and settlement.to == State.QUEUED:
        changes["doubted"] = 0  # the partner says that it is not there
    return move(copy, settlement.to, now, reason=settlement.reason, until=settlement.until, **changes)


def _recalled(before: Copy, after: Copy, settlement: Settlement, now: int) -> Copy:
    """A recalled copy is not sent again: what was not sent is cancelled, what stays unknown when asked is given up."""
    if after.state in (State.WAITING, State.QUEUED):
        reason = Reason.RECALLED_UNKNOWN if after.doubted else Reason.RECALLED
        return move(before, State.CANCELLED, now, reason=reason, doubted=after.doubted)
    if after.state == State.IN_DOUBT and settlement.asked and settlement.made:
        return move(before, State.CANCELLED, now, reason=Reason.RECALLED_UNKNOWN)
    if after.state == State.IN_DOUBT and after.until is None:
        return after._replace(until=now)
    return after


def spare_recalls(tx: Tx, recalled: Iterable[Copy]) -> None:
    """Cancel the recall's copies that now have nothing to take back. A recall waits in the lane of what it takes back,
    also where the agency goes by another spelling by now.
    """
    ended = list(recalled)
    if not ended:
        return
    recalls = sorted({str(copy.recalled_by) for copy in ended})
    mine, lanes = schema.copies.c, sorted({copy.lane for copy in ended if copy.lane})
    about = or_(mine.recipient.in_(sorted({copy.recipient for copy in ended})), mine.lane.in_(lanes))
    query = select(*copies_.COLUMNS).where(mine.message.in_(recalls), about, mine.kind == "primary")
    waiting = map(copies_.from_row, tx.connection.execute(query.with_for_update()).all())
    theirs = _recalled_copies(tx, recalls)
    spared = [
        recall.spare(tx, copy, [*theirs[copy.message, copy.recipient], *theirs[copy.message, copy.lane]])
        for copy in waiting
    ]
    tx.save(copy for copy in spared if copy)


def _recalled_copies(tx: Tx, recall_ids: Sequence[str]) -> dict[tuple[str, str], list[Copy]]:
    """The copies of each recall's target, by recall and recipient and by recall and lane; also those of events whose
    sender had another spelling then.
    """
    recalls = schema.messages.alias("recall").c
    target = schema.messages.alias("target").c
    siblings = schema.messages.c
    query = (
        select(*copies_.COLUMNS, recalls.id)
        .select_from(schema.messages)
        .join(
            target.id.table,
            (target.type == siblings.type) & (target.key == siblings.key) & (target.issue == siblings.issue),
        )
        .join(recalls.id.table, recalls.target == target.id)
        .join(schema.copies, schema.copies.c.message == siblings.id)
        .where(recalls.id.in_(recall_ids), siblings.kind != "recall")
        .where(or_(target.sender == siblings.sender, schema.copies.c.recalled_by == recalls.id))
    )
    found: dict[tuple[str, str], list[Copy]] = defaultdict(list)
    for row in tx.connection.execute(query).all():
        copy = copies_.from_row(row)
        for whose in (copy.recipient, copy.lane):
            found[row[-1], whose].append(copy)
    return found


def _attempt(settlement: Settlement, copy: Copy | None) -> tuple[Any, ...]:
    """The values of :data:`_ATTEMPT`."""
    return (
        settlement.copy,
        copy.attempts if copy else 0,
        "ask" if settlement.asked else "send",
        settlement.outcome,
        settlement.failure,
        clean(settlement.words)[:_LONGEST_WORDS],
        clean(settlement.remote_id)[:_LONGEST_WORDS] if settlement.remote_id else None,
        settlement.sent_sha256,
        settlement.began_at,
        settlement.ended_at,
    )


def clean(words: str) -> str:
    """A partner's words as any database takes them: no NUL, no lone surrogates."""
    return words.replace("\x00", "").encode("utf-8", "replace").decode()
