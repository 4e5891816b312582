"""Everything at once: edits, holds, orders, plans of replays, deaths, and a journal that was restored: nothing goes that may not."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import invariant, precondition, rule
from sqlalchemy import select

from bus.errors import BusError
from bus.journal import schema
from bus.journal.lease import LeaseRequest
from bus.journal.release import Release as Let
from bus.journal.replays import Draft, Item, Portion, Terms, Word
from bus.journal.restored import Ask, Release, Restore
from bus.message import new_id
from tests.journals import PATIENCE, TERM, intake, to
from tests.unit.test_delivery_machine import body, picks
from tests.unit.test_detour_machine import DetourMachine

endpoints = st.sampled_from(["axis", "so-tc", "other", "mailbox"])


class RepairMachine(DetourMachine):
    """The machine of delivery and of detours, with replays as plans and with recovery."""

    def __init__(self) -> None:
        super().__init__()
        self.plans: list[str] = []
        #: Endpoints that were released; None while there is no recovery.
        self.released: set[str] | None = None
        self.states: dict[str, str] = {}

    # many are sent again

    @precondition(lambda self: self.before)
    @rule(chosen=st.lists(picks, min_size=1, max_size=4), verb=st.sampled_from(["replay", "resend"]))
    def plan(self, chosen: list[int], verb: str) -> None:
        """A plan of copies in any state, also of those that stand in another."""
        draft = Draft(new_id(), verb, "an", "", "{}", Terms(50.0))  # type: ignore[arg-type]
        self.journal.replaying.begin(draft).result(PATIENCE)
        copies = dict.fromkeys(self._copy(pick).id for pick in chosen)
        items = [Item(place, id_, self.before[id_].endpoint) for place, id_ in enumerate(copies)]
        self.journal.replaying.freeze(Portion(draft.id, items)).result(PATIENCE)
        self._word(draft.id, "start")
        self.plans.append(draft.id)

    @precondition(lambda self: self.plans)
    @rule(pick=picks, word=st.sampled_from(["pause", "resume", "stop", "go", "go", "note"]))
    def carry_on(self, pick: int, word: str) -> None:
        """What is due of a plan goes, or somebody says something."""
        plan = self.plans[pick % len(self.plans)]
        if word == "go":
            self.journal.replaying.release(Let(plan, range(4))).result(PATIENCE)
        elif word == "note":
            self.journal.replaying.note_outcomes(plan).result(PATIENCE)
        else:
            self._word(plan, word)

    def _word(self, plan: str, word: str) -> None:
        refusal = self.journal.replaying.say(Word(plan, word, "an")).exception(PATIENCE)
        assert refusal is None or isinstance(refusal, BusError)

    # after the worst

    @rule()
    def restore(self) -> None:
        """The journal is that of a backup: whoever held leases is long gone."""
        self.journal.restoring.begin(Restore(self.clock.now(), 1, "an")).result(PATIENCE)
        self.journal.restoring.doubt()
        self.released = set()
        self._comes_new("axis")

    @precondition(lambda self: self.released is not None)
    @rule(endpoint=endpoints)
    def ask(self, endpoint: str) -> None:
        """Have a partner asked about what is in doubt."""
        self.journal.restoring.ask(Ask(endpoint)).result(PATIENCE)

    @precondition(lambda self: self.released is not None)
    @rule(endpoint=endpoints)
    def let_go(self, endpoint: str) -> None:
        """Send to an endpoint again."""
        word = Release(endpoint, "an", "they have it not", self.clock.now())
        self.journal.restoring.release(word).result(PATIENCE)
        while self.journal.restoring.open_up(word).result(PATIENCE):
            pass
        assert self.released is not None
        self.released.add(endpoint)

    @precondition(lambda self: self.released is not None)
    @rule()
    def every_ticket(self) -> None:
        """Tickets that are still about for all there is, as after a start."""
        for copy in self.before.values():
            lease = self.journal.lease(LeaseRequest(copy.delivery, TERM)).result(PATIENCE)
            self.leases += [lease] if lease else []

    @precondition(lambda self: self.released is not None)
    @rule(endpoint=st.sampled_from(["axis", "so-tc"]))
    def another(self, endpoint: str) -> None:
        """While some are released and others are not."""
        self._comes_new(endpoint)

    def _comes_new(self, endpoint: str) -> None:
        """A document with nothing before it in its lane, and its ticket at once: what is kept back is kept by the recovery."""
        name = f"new-{len(self.recipients)}"
        receipt = self.journal.accept(intake(body(name, "new", 1), to("E", endpoint))).result(PATIENCE)
        self.recipients[receipt.message_id].add("E")
        if endpoint not in (self.released or ()):
            assert self.journal.lease(LeaseRequest(receipt.copies[0].doc_id, TERM)).result(PATIENCE) is None

    # what must hold besides

    @invariant()
    def nothing_is_sent_in_recovery(self) -> None:
        """But questions, and what goes to an endpoint that was released."""
        now = {id_: str(copy.state) for id_, copy in self.before.items()}
        for id_, state in now.items():
            if state == "sending" and self.states.get(id_, "queued") in ("queued", "waiting"):
                assert self.released is None or self.before[id_].endpoint in self.released, id_
        self.states = now

    @invariant()
    def a_copy_goes_once_by_a_plan(self) -> None:
        """It is open in one plan at the most, and went as often as plans sent it."""
        items, told = schema.replay_items.c, schema.events.c
        with self.journal.store.reading() as connection:
            open_ = connection.execute(select(items.copy).where(items.outcome == "")).scalars().all()
            went = connection.execute(select(items.copy).where(items.released_at.is_not(None))).scalars().all()
            sent = connection.execute(select(told.detail).where(told.what.in_(["copy.replayed", "copy.resent"])))
            by_plans = sum('"replay"' in detail for (detail,) in sent)
        assert len(open_) == len(set(open_))
        assert Counter(went).total() == by_plans


class TestRepair(RepairMachine.TestCase):
    settings = settings(max_examples=8, stateful_step_count=40, deadline=None)


@pytest.mark.long
@pytest.mark.timeout(900)
class TestRepairAtLength(RepairMachine.TestCase):
    settings = settings(max_examples=150, stateful_step_count=80, deadline=None)
