"""The same machine with operators who edit, redirect, give back, skip and hold what comes: still one version, one copy."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import invariant, precondition, rule

from bus.errors import BusError
from bus.journal.copy import Copy
from bus.journal.edits import EditState, Proposal, Word
from bus.journal.holds import Lift, Standing
from bus.journal.operate import Order, Way
from bus.message import Claim
from tests.journals import PATIENCE, to
from tests.unit.test_delivery_machine import DeliveryMachine, body, picks

#: In these, and in no others, a copy may get other bytes.
EDITED = {"dead", "held"}


class DetourMachine(DeliveryMachine):
    """What was sent of a copy is never another version than what is sent of it later."""

    def __init__(self) -> None:
        super().__init__()
        self.bodies: dict[str, Copy] = {}
        self.proposed: list[str] = []

    @precondition(lambda self: self.before)
    @rule(pick=picks, version=st.integers(5, 7), waits=st.booleans())
    def edit(self, pick: int, version: int, waits: bool) -> None:
        """Somebody edits what is there, or proposes to."""
        copy = self._copy(pick)
        data = body("one", "new", version)
        claim = Claim(hashlib.sha256(data).hexdigest(), len(data), data)
        future = self.journal.propose_edit(Proposal(copy.id, "an", "", copy.body, claim, waits))
        if future.exception(PATIENCE) is None:
            assert copy.state in EDITED
            self.proposed += [future.result().id] * waits

    @precondition(lambda self: self.proposed)
    @rule(pick=picks, approved=st.booleans(), by=st.sampled_from(["an", "binh"]))
    def judge(self, pick: int, approved: bool, by: str) -> None:
        """Somebody approves it or not, in time or late."""
        id_ = self.proposed[pick % len(self.proposed)]
        error = self.journal.judge_edit(Word(id_, by, approved=approved)).exception(PATIENCE)
        assert error is None or isinstance(error, BusError)
        assert error is not None or by != "an" or not approved

    @precondition(lambda self: self.before)
    @rule(pick=picks, endpoint=st.sampled_from(["axis", "so-tc", "other"]), one_call=st.booleans())
    def redirect(self, pick: int, endpoint: str, one_call: bool) -> None:
        """Another way for a copy, possible or not."""
        copy = self._copy(pick)
        way = Way(to(copy.recipient, endpoint, one_call=one_call), "v2")
        (done,) = self.journal.redirect(Order((copy.id,), "an", ways={copy.id: way})).result(PATIENCE)
        assert not done.refused or done.state == copy.state

    @precondition(lambda self: self.before)
    @rule(pick=picks, skip=st.booleans())
    def give_up(self, pick: int, skip: bool) -> None:
        """Without it, or back to its sender."""
        copy = self._copy(pick)
        act = self.journal.skip if skip else self.journal.give_back
        (done,) = act(Order((copy.id,), "an", "why")).result(PATIENCE)
        assert not done.refused or done.state == copy.state

    @rule(endpoint=st.sampled_from(["axis", "so-tc", "mailbox"]))
    def stand(self, endpoint: str) -> None:
        """From now on, what comes for an endpoint is held."""
        self.journal.stand(Standing("an", endpoint=endpoint)).result(PATIENCE)

    @rule()
    def lift_all(self) -> None:
        """Until it is not."""
        for hold in self.journal.holds.standing():
            self.journal.lift(Lift(hold.id, "an")).result(PATIENCE)

    @invariant()
    def one_version_is_sent(self) -> None:
        """Bytes change only where nothing is under way and nothing may have arrived, and every copy has its last version."""
        for id_, was in self.bodies.items():
            copy = self.before[id_]
            if copy.body != was.body:
                assert was.state in EDITED
                assert not was.doubted
                assert was.kind != "resend"
        self.bodies = dict(self.before)
        assert self.journal.edits.astray() == []
        for edit in self.journal.edits.newest(EditState.APPLIED, "", 1000):
            assert edit.by != edit.approved_by


class TestDetour(DetourMachine.TestCase):
    settings = settings(max_examples=8, stateful_step_count=40, deadline=None)


@pytest.mark.long
@pytest.mark.timeout(900)
class TestDetourAtLength(DetourMachine.TestCase):
    settings = settings(max_examples=150, stateful_step_count=60, deadline=None)
