"""The state of a report: whatever people and recipients do, in whatever order."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from schemas.report import states
from schemas.report.states import MOVES, OWED, NotAllowed, Report, State

CONTENTS = st.sampled_from(["a", "b", "c"])
BEFORE = date(2025, 3, 25), datetime(2025, 3, 25, 16, 59, 59, tzinfo=UTC)
AFTER = date(2025, 3, 25), datetime(2025, 3, 25, 17, 0, tzinfo=UTC)


class Life(RuleBasedStateMachine):
    """One report in the hands of people who try everything."""

    @initialize(signature=st.booleans())
    def start(self, signature: bool) -> None:
        self.report = states.begin("BC-1", signature=signature)

    def attempt(self, move: Callable[..., Report], *args: object) -> None:
        before = self.report
        try:
            self.report = move(before, *args)
        except NotAllowed:
            return
        for old, new in zip(before.versions, self.report.versions, strict=False):
            assert old.state is new.state or new.state in MOVES[old.state]
            assert old.content == new.content or old.state is State.DRAFT or not old.content

    @rule(move=st.sampled_from([states.open_, states.submit, states.approve]))
    def inside(self, move: Callable[..., Report]) -> None:
        self.attempt(move)

    @rule(content=CONTENTS, move=st.sampled_from([states.write, states.sign, states.correct]))
    def with_content(self, move: Callable[..., Report], content: str) -> None:
        self.attempt(move, content)

    @rule()
    def sign_what_stands_there(self) -> None:
        self.attempt(states.sign, self.report.current.content)

    @rule(move=st.sampled_from([states.send_back, states.cancel]), reason=st.sampled_from(["", "wrong"]))
    def give_up(self, move: Callable[..., Report], reason: str) -> None:
        self.attempt(move, reason)

    @rule(message=st.sampled_from(["", "m1", "m2"]))
    def queue(self, message: str) -> None:
        self.attempt(states.queue, message)

    @rule(message=st.sampled_from(["m1", "m2"]), content=CONTENTS)
    def sent(self, message: str, content: str) -> None:
        self.attempt(states.sent, message, content)

    @rule()
    def sent_as_it_should_be(self) -> None:
        self.attempt(states.sent, self.report.current.message_id, self.report.current.content)

    @rule(move=st.sampled_from([states.acknowledge, states.accept]), number=st.integers(1, 4))
    def told(self, move: Callable[..., Report], number: int) -> None:
        self.attempt(move, number)

    @rule(number=st.integers(1, 4), reason=st.sampled_from(["", "wrong"]))
    def returned(self, number: int, reason: str) -> None:
        self.attempt(states.return_, number, reason, ("I.1/online",))

    @invariant()
    def what_is_out_was_signed(self) -> None:
        """A hash that was sent is the one that was signed, where the regime wants a signature."""
        for one in self.report.versions:
            if one.state in {State.SENT, State.ACKED, State.ACCEPTED, State.SUPERSEDED}:
                assert one.message_id
                assert one.content
                assert one.signed == one.content or not self.report.signature
            assert one.state is not State.SIGNED or one.signed == one.content

    @invariant()
    def versions_take_each_others_place(self) -> None:
        """Numbered without a gap; each after the first names an older one; one at the most is wanted and out."""
        assert [one.number for one in self.report.versions] == list(range(1, len(self.report.versions) + 1))
        assert all((one.supersedes or 0) < one.number for one in self.report.versions)
        assert [one.supersedes is None for one in self.report.versions] == [
            one.number == 1 for one in self.report.versions
        ]
        out = [one for one in self.report.versions if one.state in {State.SENT, State.ACKED, State.ACCEPTED}]
        assert len(out) <= 1

    @invariant()
    def overdue_is_derived(self) -> None:
        """Never before the deadline's end; after it, whatever is still owed."""
        assert not states.overdue(self.report, *BEFORE)
        assert states.overdue(self.report, *AFTER) is (self.report.current.state in OWED)


TestLife = Life.TestCase
TestLife.settings = settings(max_examples=25, stateful_step_count=25, deadline=None)


def signed(content: str = "a") -> Report:
    """A report that is signed."""
    report = states.write(states.open_(states.begin("BC-1")), content)
    return states.sign(states.approve(states.submit(report)), content)


def out(report: Report) -> Report:
    """The report sent, in message m1."""
    return states.sent(states.queue(report, "m1"), "m1", report.current.content)


def test_the_whole_way() -> None:
    """From not due to accepted."""
    report = states.accept(states.acknowledge(out(signed()), 1), 1)

    assert report.current.state is State.ACCEPTED
    assert not states.overdue(report, *AFTER)


def test_a_correction_names_what_it_replaces_and_supersedes_it_once_sent() -> None:
    """While it is written the one before stays what it is, and may still be accepted or returned."""
    returned = states.return_(out(signed()), 1, "the total is wrong", ("I.1/online",))
    corrected = states.correct(returned, "b")

    assert [one.state for one in corrected.versions] == [State.RETURNED, State.DRAFT]
    assert (corrected.current.number, corrected.current.supersedes) == (2, 1)
    assert states.overdue(corrected, *AFTER)
    ready = states.sign(states.approve(states.submit(corrected)), "b")
    assert [one.state for one in out(ready).versions] == [State.SUPERSEDED, State.SENT]


def test_a_correction_given_up_leaves_the_one_before_in_force() -> None:
    """The next one names that, not the one that never was."""
    report = states.cancel(states.correct(out(signed()), "b"), "no need")

    assert report.current.number == 1
    again = states.correct(report, "c")
    assert (again.current.number, again.current.supersedes) == (3, 1)


def test_what_was_signed_is_sent_and_nothing_else() -> None:
    """Another hash, another message, or no signature where one is wanted, do not go out."""
    queued = states.queue(signed(), "m1")
    for message, content in (("m1", "b"), ("m2", "a")):
        with pytest.raises(NotAllowed):
            states.sent(queued, message, content)
    with pytest.raises(NotAllowed, match="not what stands"):
        states.sign(states.approve(states.submit(states.write(states.open_(states.begin("BC-1")), "a"))), "b")
    approved = states.approve(states.submit(states.write(states.open_(states.begin("BC-1")), "a")))
    with pytest.raises(NotAllowed, match="wants this report signed"):
        states.queue(approved, "m1")


def test_a_repeat_changes_nothing() -> None:
    """Sent again in the same message, it is where it was."""
    report = states.acknowledge(out(signed()), 1)

    assert states.sent(report, "m1", "a") == report


def test_sent_back_it_is_no_longer_signed() -> None:
    """Whoever changes it signs again."""
    report = states.write(states.send_back(signed(), "a figure is missing"), "b")

    assert (report.current.state, report.current.signed) == (State.DRAFT, "")


def test_no_version_no_status() -> None:
    """A status about a version there is none of is refused."""
    with pytest.raises(NotAllowed, match="no version 2"):
        states.acknowledge(out(signed()), 2)


def test_nothing_but_what_was_signed_goes_out() -> None:
    """Also where what stands in the report has come to be something else since: the hash that was signed decides."""
    changed = states.Version(1, State.QUEUED, content="sha256:b", signed="sha256:a", message_id="m")

    with pytest.raises(NotAllowed, match="not what was signed"):
        states.sent(Report("R", True, (changed,)), "m", "sha256:b")
    assert states.sent(Report("R", False, (changed,)), "m", "sha256:b").current.state is State.SENT
