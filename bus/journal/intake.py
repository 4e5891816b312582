"""The verb that accepts: identity, then copies for those recipients that have none yet (semantics 1, 2, 6).

Order: call, event, copies. Whether to refuse for want of a route was decided by ``ingress`` before;
identity is decided here, inside the transaction that makes it durable.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from bus.clock import iso
from bus.errors import Rejected
from bus.journal import recall
from bus.journal.copy import Copy
from bus.journal.cursor import move_cursors
from bus.journal.event import CONFLICT, Event, known_as, next_issue, standing, view_text
from bus.journal.ledger import Document, Ledger
from bus.journal.states import Reason, State
from bus.journal.tx import Tx
from bus.message import CopyReceipt, Inbound, Receipt, new_id


@dataclass(frozen=True, slots=True)
class Placement:
    """Where one recipient's copy goes, or (from a source) why it is born dead."""

    recipient: str
    endpoint: str = ""
    rule: str = ""
    mailbox: bool = False
    #: The endpoint's sink carries all recipients of a message in one call.
    one_call: bool = False
    dead: str = ""
    #: Why it is born held: an operator looks at it first.
    held: str = ""


@dataclass(frozen=True, slots=True)
class Intake:
    """A message that was read, checked and routed, and only needs to be made durable."""

    inbound: Inbound
    #: Canonical code of the sender; of the agency a status answers (empty for documents).
    sender: str
    responds_to: str
    placements: tuple[Placement, ...]
    taps: tuple[Placement, ...]
    routes_version: str


def accept(tx: Tx, intakes: Sequence[Intake]) -> list[Receipt | Exception]:
    """Take all of them in: a receipt each, or the refusal that identity demands."""
    ledger = Ledger(tx)
    ledger.load(
        (intake.inbound.call_key for intake in intakes if intake.inbound.call_key),
        (document for intake in intakes for document in _documents(intake)),
    )
    results = [_accept(ledger, intake) for intake in intakes]
    ledger.write()
    move_cursors(tx, [intake.inbound.cursor for intake in intakes if intake.inbound.cursor])
    return results


def _documents(intake: Intake) -> list[Document]:
    """The documents an intake may be an event of, or be about."""
    content = intake.inbound.content
    own = (intake.sender, content.type, content.key)
    about = (intake.responds_to, "edoc", content.document_id)
    recalled = recall.documents_recalled(intake.sender, content.targets) if content.recalls else []
    return [own, *recalled, *([about] if intake.responds_to else [])]


def _accept(ledger: Ledger, intake: Intake) -> Receipt | Exception:
    try:
        return _known_call(ledger, intake) or _known_event(ledger, intake) or _new_event(ledger, intake)
    except Rejected as refusal:
        return refusal


def _known_call(ledger: Ledger, intake: Intake) -> Receipt | None:
    call = ledger.calls.get(intake.inbound.call_key or "")
    if call is None:
        return None
    message, body = call
    if body != intake.inbound.claim.sha256:
        raise Rejected("call.key_reused", f"first used for message {message}", message=message)
    return _receipt(ledger, ledger.event(message), repeated=True)


def _known_event(ledger: Ledger, intake: Intake) -> Receipt | None:
    content = intake.inbound.content
    event = known_as(content, ledger.documents[intake.sender, content.type, content.key])
    if event is None:
        return None
    have = {copy.recipient for copy in ledger.primaries(event.id)}
    missing = [placement for placement in intake.placements if placement.recipient not in have]
    if missing:
        event = ledger.count_copies(event, len(missing))
        ledger.tx.tell("message.extended", event.id, by=_who(intake.inbound), copies=len(missing))
        _make_copies(ledger, intake, event, missing, _target(ledger, intake))
    _remember(ledger, intake.inbound, event)
    return _receipt(ledger, event, repeated=not missing)


def _new_event(ledger: Ledger, intake: Intake) -> Receipt:
    inbound, content = intake.inbound, intake.inbound.content
    earlier = ledger.documents[intake.sender, content.type, content.key]
    first = standing(earlier) if content.variant == "" else None
    if first and not inbound.from_source:
        when = iso(first.accepted_at)
        raise Rejected("document.conflict", f"first accepted at {when} as {first.id}", first=first.id, accepted_at=when)
    target = _target(ledger, intake)
    event = _event(ledger, intake, next_issue(content, earlier), target, first)
    ledger.add_event(event)
    ledger.tx.tell("message.accepted", event.id, by=_who(inbound), door=event.door, copies=event.copies_accepted)
    if content.recalls and target:
        recall.take_back(ledger, target, event.id, _only_for(intake))
    _make_copies(ledger, intake, event, (*intake.placements, *intake.taps), target)
    _remember(ledger, inbound, event)
    return _receipt(ledger, event)


def _remember(ledger: Ledger, inbound: Inbound, event: Event) -> None:
    """What this call, or this item of a partner's, became."""
    ledger.add_call(inbound.call_key, event.id, inbound.claim.sha256)
    ledger.add_remote(inbound.remote, event.id)


def _target(ledger: Ledger, intake: Intake) -> list[Event]:
    """The events of the document that is taken back, or that a status is about."""
    content = intake.inbound.content
    if content.recalls:
        return recall.find_target(ledger, intake.sender, content.targets)
    about = (intake.responds_to, "edoc", content.document_id)
    return ledger.documents[about][:1] if intake.responds_to else []


def _only_for(intake: Intake) -> str | None:
    """The one receiver a status 13 speaks to; None for a recall of the whole document."""
    return intake.responds_to or None


def _event(ledger: Ledger, intake: Intake, issue: int, target: list[Event], first: Event | None) -> Event:
    inbound, content = intake.inbound, intake.inbound.content
    about_another = content.recalls or bool(intake.responds_to)
    return Event(
        id=new_id(),
        type=content.type,
        sender=intake.sender,
        key=content.key,
        variant=CONFLICT + content.digest if first else content.variant,
        issue=first.issue if first else issue,
        kind=content.kind,
        digest=content.digest,
        digest_rule=content.digest_rule,
        subject=content.subject,
        view=view_text(content),
        priority=content.priority,
        door=inbound.came_by.door,
        partner=inbound.came_by.partner,
        body=inbound.claim.sha256,
        target=target[0].id if target else None,
        uncorrelated=int(about_another and not target),
        conflict_with=first.id if first else None,
        recalled_by=None,
        copies_accepted=len(intake.placements),
        routes_version=intake.routes_version,
        accepted_at=ledger.tx.now,
        expires_at=inbound.expires_at,
    )


def _make_copies(
    ledger: Ledger,
    intake: Intake,
    event: Event,
    placements: Sequence[Placement],
    target: list[Event],
) -> None:
    claim = intake.inbound.claim
    recalled = target if intake.inbound.content.recalls else []
    ledger.add_body(claim.sha256, claim.size, claim.data)
    for placement in placements:
        reason = _not_to_go(ledger, event, recalled, placement.recipient)
        copy = _copy(ledger, intake, event, placement, reason, recalled[0].key if recalled else event.key)
        ledger.add_copy(copy)
        ledger.tx.woken.add(copy.endpoint)
        if copy.state not in (State.QUEUED, State.OFFERED):
            ledger.tx.tell("copy.born", event.id, copy, reason=copy.reason)


def _not_to_go(ledger: Ledger, event: Event, recalled: list[Event], recipient: str) -> str:
    """Why a copy is born cancelled; empty when it goes. Who is named after the recall gets nothing to give back."""
    if event.recalled_by:
        return Reason.RECALLED
    return recall.birth_reason(ledger, recalled, recipient) if recalled and recipient else ""


def _copy(ledger: Ledger, intake: Intake, event: Event, placement: Placement, cancelled: str, document: str) -> Copy:
    now, tap = ledger.tx.now, not placement.recipient
    born, reason, held_from = _birth(event, placement, cancelled)
    id_ = new_id()
    return Copy(
        id=id_,
        message=event.id,
        recipient=placement.recipient,
        part=f"tap:{placement.rule}" if tap else "",
        kind="tap" if tap else "primary",
        of_copy=None,
        endpoint=placement.endpoint,
        delivery=f"{event.id}+{placement.endpoint}" if placement.one_call else id_,
        rule=placement.rule,
        routes_version=intake.routes_version,
        body=intake.inbound.claim.sha256,
        lane="" if tap or placement.mailbox or not placement.endpoint else _lane(intake, event, placement, document),
        behind_dead=int(event.kind in ("update", "replace")),
        priority=event.priority,
        born=born,
        state=born,
        reason=reason,
        until=None,
        attempts=0,
        doubted=0,
        sent_at=None,
        lease=None,
        remote_id=None,
        fetched_at=None,
        processing_at=None,
        recalled_by=event.recalled_by,
        held_from=held_from,
        since=now,
        accepted_at=now,
        changed_at=now,
    )


def _birth(event: Event, placement: Placement, cancelled: str) -> tuple[State, str, str | None]:
    """The state a copy is born in, why, and where a held one goes when it is released."""
    usual = State.OFFERED if placement.mailbox else State.QUEUED
    if placement.dead:
        return State.DEAD, placement.dead, None
    if cancelled:
        return State.CANCELLED, cancelled, None
    if event.conflict_with or placement.held:
        return State.HELD, placement.held or Reason.CONFLICT, usual
    return usual, "", None


def _lane(intake: Intake, event: Event, placement: Placement, document: str) -> str:
    """What is sent in order of acceptance, as a short digest of the lane's parts (semantics 6).

    A recall travels in the lane of the document it takes back, so that it waits for that one's call.
    """
    parts = [placement.endpoint, placement.recipient, event.sender, document]
    if event.type == "status" and not intake.inbound.content.recalls:
        parts = [placement.endpoint, event.key, event.sender]
    return hashlib.blake2b("\x1f".join(parts).encode(), digest_size=12).hexdigest()


def _receipt(ledger: Ledger, event: Event, *, repeated: bool = False) -> Receipt:
    copies = tuple(
        CopyReceipt(copy.id, copy.recipient, copy.endpoint, copy.born) for copy in ledger.primaries(event.id)
    )
    return Receipt(event.id, event.accepted_at, copies, repeated=repeated)


def _who(inbound: Inbound) -> str:
    return inbound.came_by.partner or inbound.came_by.door
