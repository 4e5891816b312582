"""What a recall does to the copies of its target, and which of its own copies need not go (semantics 6).

A recall of type 1 takes back the whole document. A status 13 is addressed to one receiver, and takes
back what that receiver has.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence

from bus.journal.copy import Copy, move, touch
from bus.journal.event import Event, newest
from bus.journal.ledger import Ledger
from bus.journal.states import Reason, State
from bus.journal.tx import Tx

_NEVER_SENT = (State.QUEUED, State.WAITING, State.HELD)


def find_target(ledger: Ledger, senders: Sequence[str], targets: Iterable[str]) -> list[Event]:
    """The events of the newest issue of the first target that is known, only ever among this sender's own."""
    for target in targets:
        events = [event for event in ledger.events_of(senders, "edoc", target) if event.kind != "recall"]
        if events:
            return newest(events)
    return []


def take_back(ledger: Ledger, target: list[Event], recall: str, only: Sequence[str]) -> None:
    """Mark every copy of the target (only those of one recipient, for a status 13); cancel what was not sent."""
    for event in target:
        if not only and not event.recalled_by:
            ledger.put_event(event._replace(recalled_by=recall))
        for copy in ledger.copies(event.id):
            if (not only or copy.recipient in only) and copy.kind != "tap":
                _take_back_copy(ledger, copy, recall)


def _take_back_copy(ledger: Ledger, copy: Copy, recall: str) -> None:
    marked = after_recall(copy, recall, ledger.tx.now)
    if marked is not copy:
        ledger.put_copy(marked)
        ledger.tx.tell("copy.recalled", marked.message, marked, reason=marked.reason, recall=recall)
        ledger.tx.woken.add(marked.endpoint)


def after_recall(copy: Copy, recall: str, now: int) -> Copy:
    """The copy as a recall leaves it. Pure."""
    if copy.recalled_by or copy.state in (State.CANCELLED, State.EXPIRED):
        return copy
    unseen = copy.state == State.OFFERED and copy.fetched_at is None
    if copy.state in _NEVER_SENT or unseen:
        reason = Reason.RECALLED_UNKNOWN if copy.doubted else Reason.RECALLED
        return move(copy, State.CANCELLED, now, reason=reason, recalled_by=recall)
    if copy.state == State.IN_DOUBT and copy.until is None:
        return touch(copy, now, recalled_by=recall, until=now)
    return touch(copy, now, recalled_by=recall)


def must_reach(copies: Iterable[Copy]) -> bool:
    """Whether a recipient with these copies of the target has, or may have, something to give back."""
    return any(
        copy.fetched_at is not None or copy.state in (State.DELIVERED, State.SENDING, State.IN_DOUBT) or copy.doubted
        for copy in copies
    )


def birth_reason(ledger: Ledger, target: list[Event], recipient: Container[str]) -> str:
    """Why the recall's copy for this recipient (in all its spellings) is born cancelled; empty when it must go."""
    theirs = [copy for event in target for copy in ledger.copies(event.id) if copy.recipient in recipient]
    return "" if must_reach(theirs) else Reason.NOTHING_TO_RECALL


def spare(tx: Tx, recall_copy: Copy, theirs: Iterable[Copy]) -> Copy | None:
    """A waiting copy of a recall that turns out to have nothing to take back, cancelled; None where it must go."""
    if recall_copy.state != State.QUEUED or must_reach(theirs):
        return None
    spared = move(recall_copy, State.CANCELLED, tx.now, reason=Reason.NOTHING_TO_RECALL)
    tx.tell("copy.cancelled", spared.message, spared, reason=spared.reason)
    return spared
