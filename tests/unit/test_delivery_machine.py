"""Whatever happens in whatever order: the account holds, no copy moves as it may not, no lane sends two at once."""

from __future__ import annotations

import shutil
import tempfile
from collections import defaultdict
from functools import lru_cache
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from bus.clock import HandClock
from bus.errors import Rejected
from bus.journal.copy import Copy
from bus.journal.lease import LeaseRequest
from bus.journal.operate import Order
from bus.journal.placement import Placement
from bus.journal.settle import Settlement
from bus.journal.states import MOVES, State
from bus.journal.straight import Lease
from bus.journal.take import Ack, Fetch
from bus.journal.tidy import Doubt
from tests.journals import DAY, MINUTE, PATIENCE, TERM, balanced, in_file, intake, offered, sweep, to
from tests.messages import edoc

#: Two recipients of one call, one of another endpoint, one who fetches.
PLACES = (to("A", one_call=True), to("B", one_call=True), to("C", "so-tc"), offered("D"))
BORN = {"queued", "offered", "held", "dead", "cancelled"}
FINAL = {"delivered", "cancelled", "expired"}
OUTCOMES = [State.DELIVERED, State.WAITING, State.IN_DOUBT, State.DEAD, State.QUEUED]
DAYS_7 = 7 * DAY

documents = st.sampled_from(["one", "two"])
places = st.lists(st.sampled_from(PLACES), min_size=1, unique_by=lambda place: place.recipient)
picks = st.integers(0, 1 << 16)
contracts = st.sampled_from(Doubt)


@lru_cache(maxsize=256)
def body(document: str, kind: str, version: int) -> bytes:
    return edoc(document_id=document, kind=kind, subject=f"V/v lần {version}", attachments=())


class DeliveryMachine(RuleBasedStateMachine):
    """A journal, its clock, what was leased, and what identity says must have come of what was offered."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.clock = HandClock()
        self.journal = in_file(self.folder / "journal.db", self.clock)
        self.leases: list[Lease] = []
        self.before: dict[str, Copy] = {}
        #: Message to its recipients; document to its accepted versions and which of them stands.
        self.recipients: dict[str, set[str]] = defaultdict(set)
        self.versions: dict[str, set[int]] = defaultdict(set)
        self.standing: dict[str, int] = {}

    def teardown(self) -> None:
        self.journal.close()
        shutil.rmtree(self.folder)

    # what comes in

    @rule(document=documents, version=st.integers(1, 3), where=places, source=st.booleans())
    def accept(self, document: str, version: int, where: list[Placement], source: bool) -> None:
        """A new document, a repeat, a further recipient, or a conflict: as identity says."""
        conflict = version not in self.versions[document] and document in self.standing
        future = self.journal.accept(intake(body(document, "new", version), *where, from_source=source))
        if conflict and not source:
            assert isinstance(future.exception(PATIENCE), Rejected)
            return
        receipt = future.result(PATIENCE)
        if version not in self.versions[document]:
            self.standing.setdefault(document, version)
        self.versions[document].add(version)
        self.recipients[receipt.message_id] |= {place.recipient for place in where}

    @rule(document=documents, kind=st.sampled_from(["update", "replace"]), version=st.integers(1, 2), where=places)
    def change(self, document: str, kind: str, version: int, where: list[Placement]) -> None:
        """A further event of a document, known or not."""
        receipt = self.journal.accept(intake(body(document, kind, version), *where)).result(PATIENCE)
        self.recipients[receipt.message_id] |= {place.recipient for place in where}

    @rule(document=documents, version=st.integers(1, 4))
    def recall(self, document: str, version: int) -> None:
        """The document is taken back for all."""
        receipt = self.journal.accept(intake(body(document, "recall", version), *PLACES)).result(PATIENCE)
        if receipt.message_id not in self.recipients:
            self.standing.pop(document, None)
        self.recipients[receipt.message_id] |= {place.recipient for place in PLACES}

    # what goes out

    @precondition(lambda self: self.before)
    @rule(pick=picks)
    def lease(self, pick: int) -> None:
        """A ticket, right or wrong."""
        copy = self._copy(pick)
        lease = self.journal.lease(LeaseRequest(copy.delivery, TERM)).result(PATIENCE)
        if lease:
            self.leases.append(lease)
            assert lease.asking or all(copy.recalled_by is None for copy in lease.copies)

    @precondition(lambda self: self.leases)
    @rule(pick=picks, outcome=st.sampled_from(OUTCOMES), made=st.booleans())
    def settle(self, pick: int, outcome: State, made: bool) -> None:
        """The outcome of some call, in time or late, once or again."""
        lease = self.leases[pick % len(self.leases)]
        if lease.asking and outcome == State.WAITING:
            return
        until = self.clock.now() + MINUTE if outcome in (State.WAITING, State.IN_DOUBT) else None
        told = [
            Settlement(copy.id, lease.id, outcome, until=until, asked=lease.asking, made=made) for copy in lease.copies
        ]
        for future in [self.journal.settle(one) for one in told]:
            future.result(PATIENCE)

    @rule(contract=contracts)
    def crash(self, contract: Doubt) -> None:
        """Whoever held the leases is gone; the next process ends them."""
        self.clock.move(1)
        self._tidy("end_orphaned", contract)

    # what time does

    @rule(seconds=st.sampled_from([1, 60, 400, 86_400]))
    def time_passes(self, seconds: int) -> None:
        self.clock.move(seconds)

    @rule(verb=st.sampled_from(["ripen", "end_leases", "resolve", "expire", "give_up"]), contract=contracts)
    def sweep(self, verb: str, contract: Doubt) -> None:
        self._tidy(verb, contract)

    def _tidy(self, verb: str, contract: Doubt) -> None:
        known = sweep(contract, horizon={"axis": DAYS_7, "so-tc": DAYS_7}, ask_after={"axis": MINUTE})
        self.journal.tidy(verb, known).result(PATIENCE)

    @rule()
    def count(self) -> None:
        """Who counts what is settled comes by, now or later, once or again."""
        self.journal.sum_up().result(PATIENCE)

    # what people do

    @precondition(lambda self: self.before)
    @rule(
        pick=picks,
        verb=st.sampled_from(["hold", "release", "cancel", "replay", "resend", "decide"]),
        word=st.sampled_from(["delivered", "queued", "dead"]),
    )
    def order(self, pick: int, verb: str, word: str) -> None:
        """An operator's order, possible or not: what is refused did not move."""
        copy = self._copy(pick)
        (done,) = self.journal.operate(verb, Order((copy.id,), "an", state=word)).result(PATIENCE)
        if done.refused:
            assert done.state == copy.state

    @precondition(lambda self: self.before)
    @rule(pick=picks, verb=st.sampled_from(["fetch", "done", "fail"]))
    def partner(self, pick: int, verb: str) -> None:
        """A partner fetches or acks something, his or not."""
        copy, agencies = self._copy(pick), frozenset({"D"})
        if verb == "fetch":
            future = self.journal.fetch(Fetch(copy.id, agencies, "so-tc"))
        else:
            future = self.journal.ack(Ack(copy.id, agencies, "so-tc", verb == "done"))
        error = future.exception(PATIENCE)
        assert error is None or isinstance(error, Rejected)

    # what must hold

    @invariant()
    def all_is_well(self) -> None:
        """The three that must hold after every step, in this order."""
        balanced(self.journal)
        after = self._all()
        self._nothing_moved_as_it_may_not(after)
        self.before = after
        self._every_recipient_has_one_copy()

    def _nothing_moved_as_it_may_not(self, after: dict[str, Copy]) -> None:
        for id_, copy in after.items():
            was = self.before.get(id_)
            if was is None:
                assert copy.state in BORN
                continue
            assert copy.state == was.state or copy.state in MOVES[was.state], (was.state, copy.state)
            assert not (copy.state == "sending" != was.state and was.recalled_by), "a recalled copy was sent"
            assert not (was.recalled_by and copy.recalled_by != was.recalled_by)
            assert not (was.state in FINAL and copy.state != was.state)
        assert set(self.before) <= set(after), "a copy was lost"

    def _every_recipient_has_one_copy(self) -> None:
        primaries = defaultdict(list)
        for copy in self.before.values():
            if copy.kind == "primary":
                primaries[copy.message].append(copy.recipient)
        assert {message: sorted(found) for message, found in primaries.items()} == {
            message: sorted(expected) for message, expected in self.recipients.items()
        }

    def _copy(self, pick: int) -> Copy:
        return list(self.before.values())[pick % len(self.before)]

    def _all(self) -> dict[str, Copy]:
        return {copy.id: copy for message in self.recipients for copy in self.journal.reads.copies(message)}


class TestDelivery(DeliveryMachine.TestCase):
    settings = settings(max_examples=8, stateful_step_count=40, deadline=None)


@pytest.mark.long
@pytest.mark.timeout(900)
class TestDeliveryAtLength(DeliveryMachine.TestCase):
    settings = settings(max_examples=150, stateful_step_count=60, deadline=None)
