"""The verb that accepts: identity, then copies for those recipients that have none yet (semantics 1, 2, 6).

Order: call, event, copies. Whether to refuse for want of a route was decided by ``ingress`` before;
identity is decided here, inside the transaction that makes it durable.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from bus.clock import iso
from bus.errors import Rejected
from bus.journal import circles, hold, recall
from bus.journal.copy import Copy
from bus.journal.cursor import move_cursors
from bus.journal.event import CONFLICT, Event, known_as, next_issue, standing, view_text
from bus.journal.fingerprint import fingerprint
from bus.journal.lane import lane_of, lanes_of, reports
from bus.journal.ledger import Document, Ledger
from bus.journal.placement import Placement
from bus.journal.states import Reason, State
from bus.journal.tx import Tx
from bus.message import CopyReceipt, Inbound, Receipt
from schemas.value import value


@value
class Intake:
    """A message that was read, checked and routed, and only needs to be made durable."""

    inbound: Inbound
    #: The sender, and the agency a status answers (nothing for documents): every spelling, the canonical one first.
    senders: tuple[str, ...]
    responds_to: tuple[str, ...]
    placements: tuple[Placement, ...]
    taps: tuple[Placement, ...]
    routes_version: str

    @property
    def sender(self) -> str:
        """The canonical code of the sender."""
        return self.senders[0]


def accept(tx: Tx, intakes: Sequence[Intake]) -> list[Receipt | Exception]:
    """Take all of them in: a receipt each, or the refusal that identity demands."""
    ledger = Ledger(tx)
    ledger.load(
        (intake.inbound.call_key for intake in intakes if intake.inbound.call_key),
        (document for intake in intakes for document in _documents(intake)),
    )
    ledger.holds = hold.standing(tx)
    results = [_accept(ledger, intake) for intake in intakes]
    ledger.write()
    move_cursors(tx, [intake.inbound.cursor for intake in intakes if intake.inbound.cursor])
    return results


def _documents(intake: Intake) -> list[Document]:
    """The documents an intake may be an event of, or be about."""
    content = intake.inbound.content
    about = content.targets if _owners(intake) else ()
    return [(intake.sender, content.type, content.key), *((intake.sender, "edoc", target) for target in about)]


def _owners(intake: Intake) -> tuple[str, ...]:
    """Whose document it changes, replaces, takes back or answers; nobody's, where it is a document of its own."""
    content = intake.inbound.content
    if content.recalls or content.type == "edoc":
        return intake.senders if content.variant else ()
    return intake.responds_to


def _earlier(ledger: Ledger, intake: Intake) -> list[Event]:
    """The events of its document so far."""
    content = intake.inbound.content
    return ledger.events_of(intake.senders, content.type, content.key)


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
    event = known_as(content, _earlier(ledger, intake))
    if event is None:
        return None
    have = {copy.recipient for copy in ledger.primaries(event.id)}
    missing = [_unless_back(event, placement) for placement in intake.placements if not placement.among(have)]
    if circles.came_too_often(ledger, intake.inbound, event, [item.recipient for item in intake.placements]):
        circles.hold(ledger, event)
        missing = [replace(placement, held=Reason.LOOP) for placement in missing]
    if missing:
        event = ledger.count_copies(event, len(missing))
        ledger.tx.tell("message.extended", event.id, by=_who(intake.inbound), copies=len(missing))
        _make_copies(ledger, intake, event, missing, _target(ledger, intake))
    _remember(ledger, intake.inbound, event)
    return _receipt(ledger, event, repeated=not missing)


def _unless_back(event: Event, placement: Placement) -> Placement:
    """What an axis echoes is held and not handed to the partner it first came from."""
    back = event.partner and event.partner == placement.not_back_to
    return replace(placement, held=Reason.LOOP) if back else placement


def _new_event(ledger: Ledger, intake: Intake) -> Receipt:
    inbound, content = intake.inbound, intake.inbound.content
    earlier = _earlier(ledger, intake)
    first = standing(earlier, content.variant)
    if first and not inbound.from_source:
        when = iso(first.accepted_at)
        raise Rejected("document.conflict", f"first accepted at {when} as {first.id}", first=first.id, accepted_at=when)
    target = _target(ledger, intake)
    event = _event(ledger, intake, next_issue(content, earlier), target, first)
    ledger.add_event(event)
    ledger.tx.tell("message.accepted", event.id, by=_who(inbound), door=event.door, copies=event.copies_accepted)
    if content.recalls and target:
        recall.take_back(ledger, target, event.id, _only(intake))
    alone = content.type == "edoc" and not content.variant and not earlier
    _make_copies(ledger, intake, event, (*intake.placements, *intake.taps), target, alone=alone)
    _remember(ledger, inbound, event)
    return _receipt(ledger, event)


def _only(intake: Intake) -> tuple[str, ...]:
    """Whose copies a status 13 takes back; nobody's in particular for a recall of the whole document."""
    if intake.inbound.content.type == "edoc":
        return ()
    return intake.responds_to or tuple(code for placement in intake.placements for code in placement.codes)


def _remember(ledger: Ledger, inbound: Inbound, event: Event) -> None:
    """What this call, or this item of a partner's, became."""
    ledger.add_call(inbound.call_key, event.id, inbound.claim.sha256)
    ledger.add_remote(inbound.remote, event.id)


def _target(ledger: Ledger, intake: Intake) -> list[Event]:
    """The events of the document that is changed, replaced or taken back, or that a status is about."""
    owners = _owners(intake)
    return recall.find_target(ledger, owners, intake.inbound.content.targets) if owners else []


def _event(ledger: Ledger, intake: Intake, issue: int, target: list[Event], first: Event | None) -> Event:
    inbound, content = intake.inbound, intake.inbound.content
    return Event(
        id=next(ledger.tx.ids),
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
        uncorrelated=int(bool(_owners(intake)) and not target),
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
    *,
    alone: bool = False,
) -> None:
    """``alone``: nothing else can be in their lanes."""
    claim = intake.inbound.claim
    recalled = target if intake.inbound.content.recalls else []
    begun = {} if reports(event) else lanes_of(copy for one in target for copy in ledger.copies(one.id))
    ledger.add_body(claim.sha256, claim.size, claim.data)
    if ledger.holds and not event.conflict_with:
        placements = [hold.kept_back(ledger.holds, place, intake.senders) for place in placements]
    for placement in placements:
        reason = _not_to_go(ledger, event, recalled, placement)
        lane = _lane(event, placement, begun, target[0].key if target else event.key)
        copy = _copy(ledger, intake, event, placement, reason, lane)
        if alone and copy.kind == "primary" and copy.state == State.QUEUED and not placement.one_call:
            copy = ledger.tx.straight.lease(event, claim.size, copy, ledger.tx.now, ledger.tx.ids)
        ledger.add_copy(copy)
        if copy.state != State.SENDING:
            ledger.tx.woken.add(copy.endpoint)
        if copy.born not in (State.QUEUED, State.OFFERED):
            ledger.tx.tell("copy.born", event.id, copy, reason=copy.reason)
        if copy.born in (State.HELD, State.DEAD):
            ledger.tx.fail(copy, fingerprint(copy.endpoint, copy.reason))


def _not_to_go(ledger: Ledger, event: Event, recalled: list[Event], placement: Placement) -> str:
    """Why a copy is born cancelled; empty when it goes. Who is named after the recall gets nothing to give back."""
    if event.recalled_by:
        return Reason.RECALLED
    if not recalled or not placement.recipient:
        return ""
    return recall.birth_reason(ledger, recalled, placement.codes)


def _copy(ledger: Ledger, intake: Intake, event: Event, placement: Placement, cancelled: str, lane: str) -> Copy:
    now, tap = ledger.tx.now, not placement.recipient
    born, reason, held_from = _birth(event, placement, cancelled)
    id_ = next(ledger.tx.ids)
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
        lane=lane,
        behind_dead=int(event.kind in ("update", "replace")),
        priority=event.priority,
        born=str(born),
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


def _lane(event: Event, placement: Placement, begun: Mapping[tuple[str, str], str], document: str) -> str:
    """A mailbox has no lanes, nor has what goes to the side or nowhere."""
    endpoint, recipient = placement.endpoint, placement.recipient
    if placement.mailbox or not recipient or not endpoint:
        return ""
    theirs = (begun.get((endpoint, code)) for code in placement.codes)
    return next(filter(None, theirs), "") or lane_of(event, endpoint, recipient, document)


def _receipt(ledger: Ledger, event: Event, *, repeated: bool = False) -> Receipt:
    copies = tuple(
        CopyReceipt(copy.id, copy.recipient, copy.endpoint, copy.born) for copy in ledger.primaries(event.id)
    )
    return Receipt(event.id, event.accepted_at, copies, repeated=repeated)


def _who(inbound: Inbound) -> str:
    return inbound.came_by.partner or inbound.came_by.door
