"""Whatever people say, partners answer and processes die: a copy stands in one open plan, and goes as often as plans sent it."""

from __future__ import annotations

import shutil
import tempfile
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from sqlalchemy import select

from bus.clock import HandClock
from bus.errors import BusError
from bus.journal import schema
from bus.journal.operate import Order
from bus.journal.replays import Draft, Item, Phase, Portion, Terms, Word
from bus.journal.states import State
from bus.message import new_id
from tests.journals import PATIENCE, balanced, in_file
from tests.replays import answer, dead, replayer

COPIES = 6
#: What of a plan may still go, or has gone and not arrived.
MAY_GO = {Phase.FREEZING, Phase.RUNNING, Phase.ASKING, Phase.PAUSED}
picks = st.integers(0, COPIES - 1)
terms = st.builds(
    Terms,
    rate=st.sampled_from([1.0, 50.0]),
    canary=st.integers(0, 2),
    ask=st.booleans(),
    ramp=st.booleans(),
    stop_at=st.sampled_from([0.3, 1.0]),
)


class ReplayMachine(RuleBasedStateMachine):
    """A journal with a few dead copies, and a replayer that dies now and then."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.clock = HandClock()
        self.journal = in_file(self.folder / "journal.db", self.clock)
        self.plans: list[str] = []
        self.copies: list[str] = []

    @initialize()
    def begin(self) -> None:
        """Some were refused."""
        self.copies = dead(self.journal, COPIES)
        self.crash()

    def teardown(self) -> None:
        self.journal.close()
        shutil.rmtree(self.folder)

    # what people say

    @rule(chosen=st.lists(picks, min_size=1, max_size=COPIES, unique=True), terms=terms, whole=st.booleans())
    def plan(self, chosen: list[int], terms: Terms, whole: bool) -> None:
        """A plan of some copies; now and then its maker dies before it is whole."""
        draft = Draft(new_id(), "replay", "an", "", "{}", terms)
        self.journal.replaying.begin(draft).result(PATIENCE)
        items = [Item(number, self.copies[number], "push") for number in chosen]
        self.journal.replaying.freeze(Portion(draft.id, items)).result(PATIENCE)
        if whole:
            self._say(draft.id, "start")
        self.plans.append(draft.id)

    @precondition(lambda self: self.plans)
    @rule(pick=picks, word=st.sampled_from(["pause", "resume", "stop", "start"]))
    def say(self, pick: int, word: str) -> None:
        """A word of somebody, sensible or not."""
        plan = self.plans[pick % len(self.plans)]
        self._say(plan, word)

    def _say(self, plan: str, word: str) -> None:
        refusal = self.journal.replaying.say(Word(plan, word, "an")).exception(PATIENCE)
        assert refusal is None or isinstance(refusal, BusError)

    @rule(pick=picks, verb=st.sampled_from(["hold", "release", "cancel", "replay"]))
    def order(self, pick: int, verb: str) -> None:
        """An order on one copy, beside all plans."""
        self.journal.operate(verb, Order((self.copies[pick],), "binh")).result(PATIENCE)

    # what the bus and its partners do

    @rule(seconds=st.sampled_from([0.0, 0.5, 10.0, 100.0]))
    def work(self, seconds: float) -> None:
        """The replayer looks, some time later."""
        self.clock.move(seconds)
        self.replayer.work()

    @rule()
    def crash(self) -> None:
        """Another process takes over; what it does not find in the journal it does not know."""
        self.replayer = replayer(self.journal, lambda _event, _recipient: NotImplemented)

    @rule(pick=picks, to_state=st.sampled_from([State.DELIVERED, State.DEAD, State.DEAD]))
    def partner(self, pick: int, to_state: State) -> None:
        """A call is made for a copy that waits for one."""
        if self._states()[self.copies[pick]] == State.QUEUED:
            answer(self.journal, [self.copies[pick]], to_state)

    # what always holds

    @invariant()
    def once(self) -> None:
        """A copy is open in one plan at the most, and every time it went by a plan that plan says so."""
        items, told = schema.replay_items.c, schema.events.c
        with self.journal.store.reading() as connection:
            open_ = connection.execute(select(items.copy).where(items.outcome == "")).scalars().all()
            went = connection.execute(select(items.copy).where(items.released_at.is_not(None))).scalars().all()
            by_plans = (told.what == "copy.replayed", told.by == "an")
            replayed = connection.execute(select(told.copy).where(*by_plans)).scalars().all()
        assert len(open_) == len(set(open_))
        assert Counter(went) == Counter(replayed)

    @invariant()
    def nothing_is_forgotten(self) -> None:
        """What is over has nothing open, and what has ended says how."""
        for plan in self.plans:
            known = self.journal.replays.plan(plan)
            assert known
            if known.ended_at is not None:
                assert known.state not in MAY_GO
                assert self.journal.replays.is_over(plan)

    @invariant()
    def account(self) -> None:
        balanced(self.journal)

    def _states(self) -> dict[str, str]:
        table = schema.copies.c
        with self.journal.store.reading() as connection:
            return dict(connection.execute(select(table.id, table.state)).all())  # type: ignore[arg-type]


class TestReplays(ReplayMachine.TestCase):  # type: ignore[name-defined, misc]
    settings = settings(max_examples=8, stateful_step_count=25, deadline=None)


@pytest.mark.long
@pytest.mark.timeout(600)
class TestManyReplays(ReplayMachine.TestCase):  # type: ignore[name-defined, misc]
    settings = settings(max_examples=150, stateful_step_count=50, deadline=None)
