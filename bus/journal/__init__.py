"""The journal: the message store, and the only place where a state moves.

In reading order: ``states`` (the states and the moves), ``schema`` (the tables), ``committer`` (the one writer) and its
``promise``, ``intake`` · ``lease`` · ``settle`` (the road of a message), ``straight`` (what goes at once), ``recall``, ``take``
(the mailbox), ``operate``, ``detour`` and ``envelope`` (the operator), ``replays`` and ``release`` (many at once, as a plan),
``edits``, ``holds``, ``tidy`` (time), ``purge``, ``ageing`` and ``legal`` (what goes, and what may not), ``dump``, ``restored``
and ``recoveries`` (backups), ``replaying``, ``restoring`` and ``withholding`` (verbs of their own), ``audit`` and its
``chain``, ``notes``, ``turns``, ``once`` (what may be shown once), ``fingerprint`` and ``groups`` (of failures), ``alerting``
(what people are told), ``expecting`` (what must arrive by when), ``granting`` (what operators waive and open again),
``aggregating`` (reports made of others), ``agencies`` (partners' lists), ``index`` and ``sums`` (they follow the events),
``reads``, ``agency_reads``, ``alert_reads``, ``audit_reads``, ``edit_reads``, ``expectation_reads``, ``aggregate_reads``,
``hold_reads``, ``lane_reads``, ``replay_reads``, ``watched`` (what alerts look at), ``statements``, ``browse`` with ``pages``,
``lookup`` and ``by_words`` (lists), ``verify``, ``digests``, ``days``; for measurements ``fill`` with ``filling``, ``traced``.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future

from bus.clock import Clock
from bus.journal import (
    agencies,
    aggregating,
    alerting,
    audit,
    cursor,
    detour,
    edits,
    envelope,
    expecting,
    granting,
    holds,
    index,
    intake,
    lease,
    notes,
    once,
    operate,
    quarantine,
    settle,
    sums,
    take,
    tidy,
    turns,
)
from bus.journal import purge as purging
from bus.journal.ageing import Ageing
from bus.journal.agency_reads import AgencyReads
from bus.journal.audit_reads import AuditReads
from bus.journal.chain import Deed
from bus.journal.committer import Committer
from bus.journal.copy import Copy
from bus.journal.edit_reads import EditReads
from bus.journal.groups import GroupReads, Mark, mark
from bus.journal.hold import Hold
from bus.journal.hold_reads import HoldReads
from bus.journal.index import Grown
from bus.journal.intake import Intake
from bus.journal.lease import LeaseRequest
from bus.journal.operate import Done, Order
from bus.journal.purge import Old
from bus.journal.reads import Reads
from bus.journal.recoveries import Recoveries
from bus.journal.replay_reads import ReplayReads
from bus.journal.replaying import Replaying
from bus.journal.restoring import Restoring
from bus.journal.settle import Settlement
from bus.journal.store import Store
from bus.journal.straight import Lease
from bus.journal.sums import Summed
from bus.journal.take import Ack, Fetch
from bus.journal.tidy import Recovery, Sweep
from bus.journal.withholding import Withholding
from bus.message import Receipt, RemoteId

__all__ = ["Journal"]

#: Within a batch: what frees a lane or an endpoint first, then what fills it, then what takes from it.
_SETTLE, _TAKE, _OPERATE, _ACCEPT, _TIDY, _LEASE, _NOTE = range(7)

Sweeper = Callable[..., list[int | Exception]]
Operator = Callable[..., list[list[Done] | Exception]]


class Journal:
    """Every verb as a future that is done when its effect is on disk, and every question."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self.store = store
        self.clock = clock
        self.reads = Reads(store)
        self.agencies = AgencyReads(store)
        self.audit = AuditReads(store)
        self.edits = EditReads(store)
        self.recoveries = Recoveries(store)
        self.groups = GroupReads(store)
        self.replays = ReplayReads(store)
        self.holds = HoldReads(store)
        self.ageing = Ageing(store)
        self.committer = Committer(store, clock)
        self.replaying = Replaying(self.committer, _OPERATE, _NOTE)
        self.restoring = Restoring(self.committer, self.recoveries, _OPERATE)
        self.withholding = Withholding(self.committer, _NOTE, _TIDY)

    def start(self) -> None:
        """Begin to write."""
        self.committer.start()

    def close(self) -> None:
        """Write what has queued, then close the database. Idempotent."""
        self.committer.close()
        self.store.close()

    def accept(self, request: Intake) -> Future[Receipt]:
        """Take a message in; the future raises Rejected where identity forbids it."""
        return self.committer.submit(intake.accept, request, _ACCEPT)

    def lease(self, request: LeaseRequest) -> Future[Lease | None]:
        """Take a delivery in hand; None where there is nothing to do for it."""
        return self.committer.submit(lease.lease, request, _LEASE)

    def settle(self, settlement: Settlement) -> Future[bool]:
        """Settle one copy of a lease; False where the lease was lost."""
        return self.committer.submit(settle.settle, settlement, _SETTLE, stays=True)

    def fetch(self, request: Fetch) -> Future[Copy]:
        """Note a mailbox copy's first fetch."""
        return self.committer.submit(take.fetch, request, _TAKE)

    def begin(self, request: Fetch) -> Future[Copy]:
        """Note that a partner works on a mailbox copy."""
        return self.committer.submit(take.begin, request, _TAKE)

    def ack(self, request: Ack) -> Future[Copy]:
        """Settle a mailbox copy."""
        return self.committer.submit(take.ack, request, _TAKE)

    def operate(self, verb: str, order: Order) -> Future[list[Done]]:
        """An operator's order; ``verb`` is the name of one in ``bus.journal.operate``."""
        act: Operator = getattr(operate, verb)
        return self.committer.submit(act, order, _OPERATE)

    def redirect(self, order: Order) -> Future[list[Done]]:
        """Send copies to another endpoint, by the ways of the order."""
        return self.committer.submit(detour.redirect, order, _OPERATE)

    def give_back(self, order: Order) -> Future[list[Done]]:
        """Give copies up; their sender is told."""
        return self.committer.submit(detour.give_back, order, _OPERATE)

    def skip(self, order: Order) -> Future[list[Done]]:
        """Let what waits behind dead copies go without them."""
        return self.committer.submit(detour.skip, order, _OPERATE)

    def readdress(self, order: envelope.Readdress) -> Future[list[Done]]:
        """Give copies another urgency or expiry."""
        return self.committer.submit(envelope.readdress, order, _OPERATE)

    def stand(self, standing: holds.Standing) -> Future[Hold]:
        """Hold what comes and fits."""
        return self.committer.submit(holds.stand, standing, _OPERATE)

    def lift(self, lift: holds.Lift) -> Future[Hold]:
        """Hold no longer what comes; the future raises NotFound or IllegalMove."""
        return self.committer.submit(holds.lift, lift, _OPERATE)

    def propose_edit(self, proposal: edits.Proposal) -> Future[edits.Edit]:
        """Give a copy other bytes, or note that somebody wants to; the future raises IllegalMove or NotFound."""
        return self.committer.submit(edits.propose, proposal, _OPERATE)

    def judge_edit(self, word: edits.Word) -> Future[edits.Edit]:
        """Approve or refuse a proposal; the future raises IllegalMove or NotFound."""
        return self.committer.submit(edits.judge, word, _OPERATE)

    def tidy(self, verb: str, sweep: Sweep) -> Future[int]:
        """A sweep; ``verb`` is the name of one in ``bus.journal.tidy``. Gives how many copies moved."""
        act: Sweeper = getattr(tidy, verb)
        return self.committer.submit(act, sweep, _TIDY)

    def recover(self, recovery: Recovery) -> Future[int]:
        """An endpoint is back: what waits for it is due. Gives how many copies moved."""
        return self.committer.submit(tidy.recover, recovery, _TIDY)

    def purge(self, verb: str, old: Old) -> Future[int]:
        """Retention; ``verb`` is ``calls``, ``refusals``, ``expectations`` or ``messages``. Gives how many went."""
        act: Sweeper = getattr(purging, verb)
        return self.committer.submit(act, old, _TIDY)

    def purge_bodies(self, old: Old) -> Future[list[str]]:
        """Give up bodies nobody needs; their SHA-256."""
        return self.committer.submit(purging.bodies, old, _TIDY)

    def probe(self) -> Future[None]:
        """Write something that says nothing: whether the journal can be written again."""
        return self.advance("probe", self.clock.now())

    def advance(self, name: str, position: int) -> Future[None]:
        """Move a cursor past events that led to nothing."""
        return self.committer.submit(cursor.advance, (name, position), _NOTE)

    def grow_index(self) -> Future[Grown]:
        """Work off the next portion of what is not in the index by words yet; what that was."""
        return self.committer.submit(index.grow, index.OLDER, _NOTE)

    def sum_up(self) -> Future[Summed]:
        """Count the next portion of what is settled for good; what that was."""
        return self.committer.submit(sums.sum_up, sums.OLDER, _NOTE)

    def detain_item(self, detained: quarantine.Detained) -> Future[None]:
        """Keep an item of a source back."""
        return self.committer.submit(quarantine.detain, detained, _TAKE)

    def decide_item(self, remote: RemoteId, word: str) -> Future[None]:
        """Note what is decided of an item that is kept back."""
        return self.committer.submit(quarantine.decide, quarantine.Word(remote, word), _TAKE)

    def put_agencies(self, portion: agencies.Portion) -> Future[None]:
        """Change a part of a partner's list in the cache."""
        return self.committer.submit(agencies.put, portion, _NOTE)

    def begin_agencies(self, endpoint: str) -> Future[None]:
        """Say that what is cached of a list is about to change."""
        return self.committer.submit(agencies.begun, endpoint, _NOTE)

    def head_agencies(self, head: agencies.Head) -> Future[None]:
        """Say which list is in the cache now."""
        return self.committer.submit(agencies.headed, head, _NOTE)

    def take_turn(self, turn: turns.Turn) -> Future[bool]:
        """Take or renew what one process does at a time; False where another does."""
        return self.committer.submit(turns.take, turn, _NOTE)

    def end_turn(self, turn: turns.Turn) -> Future[None]:
        """Give a turn up before its term is over."""
        return self.committer.submit(turns.end, turn, _NOTE)

    def once(self, mark: once.Mark) -> Future[bool]:
        """Remember what may be shown once; False where it was shown before."""
        return self.committer.submit(once.show, mark, _NOTE)

    def note_refusal(self, refusal: notes.Refusal) -> Future[None]:
        """Record a refusal."""
        return self.committer.submit(notes.refused, refusal, _NOTE)

    def note_use(self, use: notes.Use) -> Future[None]:
        """Keep that a secret was used now."""
        return self.committer.submit(notes.used, use, _NOTE)

    def note_deed(self, deed: Deed) -> Future[None]:
        """Record what was ordered or looked at, in the chain of the audit."""
        return self.committer.submit(audit.audited, deed, _NOTE)

    def note_condition(self, condition: notes.Condition) -> Future[None]:
        """Keep an endpoint's condition."""
        return self.committer.submit(notes.condition, condition, _NOTE)

    def mark_group(self, said: Mark) -> Future[None]:
        """Keep what somebody says of a group of failures."""
        return self.committer.submit(mark, said, _NOTE)

    def note_routes(self, version: notes.RoutesVersion) -> Future[None]:
        """Keep a version of the routes."""
        return self.committer.submit(notes.routes_applied, version, _NOTE)

    def expect(self, verb: str, request: object) -> Future[bool]:
        """What must arrive by when; ``verb`` is the name of one in ``bus.journal.expecting``."""
        act: Callable[..., list[bool | Exception]] = getattr(expecting, verb)
        return self.committer.submit(act, request, _NOTE)

    def grant(self, verb: str, request: object) -> Future[bool]:
        """What operators waive and open again; ``verb`` is the name of one in ``bus.journal.granting``."""
        act: Callable[..., list[bool | Exception]] = getattr(granting, verb)
        return self.committer.submit(act, request, _NOTE)

    def aggregate(self, verb: str, request: object) -> Future[bool]:
        """Reports that are made of others; ``verb`` is the name of one in ``bus.journal.aggregating``."""
        act: Callable[..., list[bool | Exception]] = getattr(aggregating, verb)
        return self.committer.submit(act, request, _NOTE)

    def alert(self, verb: str, request: object) -> Future[None]:
        """What people are told; ``verb`` is the name of one in ``bus.journal.alerting``."""
        act: Callable[..., list[Exception | None]] = getattr(alerting, verb)
        return self.committer.submit(act, request, _NOTE)
