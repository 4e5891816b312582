"""No more in hand than an endpoint can take, and the oldest not forgotten."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bus.breaker import BreakerPolicy, paused, resumed
from bus.clock import MICROS, HandClock
from bus.endpoint_settings import Flood
from bus.gate import Gates
from bus.journal.notes import Condition
from bus.journal.reads import Due
from bus.journal.settle import Settlement
from bus.journal.states import State

NAME = "axis"


def due(*urgent: str, oldest: tuple[str, ...] = ()) -> Due:
    return Due(urgent, oldest or urgent)


def told(outcome: str, to: State, *, made: bool = True, failure: str = "") -> Settlement:
    return Settlement("c", "l", to, made=made, outcome=outcome, failure=failure)


UNREACHABLE = told("unreachable", State.WAITING, failure="connect")
UNKNOWN = told("unknown", State.IN_DOUBT, failure="timeout_after_send")
DELIVERED = told("delivered", State.DELIVERED)
REFUSED = told("refused", State.DEAD, failure="client_fault")


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def noted() -> list[Condition]:
    return []


@pytest.fixture
def gates(clock: HandClock, noted: list[Condition]) -> Gates:
    gates = Gates(clock, noted.append, BreakerPolicy(failures=3, first=15, dead=3))
    gates.configure(NAME, concurrency=2, rate=None)
    return gates


def test_as_many_tickets_as_calls_and_leases_ahead(gates: Gates) -> None:
    """Concurrency and what may run ahead, less what is out."""
    assert gates.room(NAME, 3) == 5
    assert gates.take(NAME, due("a", "b"), 5) == (["a", "b"], False)
    assert (gates.room(NAME, 3), gates.out(NAME)) == (3, 2)

    gates.back(NAME, ["a", "b", "never out"])
    assert gates.room(NAME, 3) == 5


def test_nothing_goes_out_twice(gates: Gates) -> None:
    """What is out is passed over, and is not what is left."""
    gates.take(NAME, due("a"), 5)

    assert gates.take(NAME, due("a", "b", "c"), 1) == (["b"], True)
    assert gates.take(NAME, due("a", "b"), 5) == ([], False)


def test_one_endpoints_tickets_do_not_count_for_another(gates: Gates) -> None:
    """Each has a gate of its own."""
    gates.take(NAME, due("a", "b"), 2)

    assert gates.room("so-tc", 0) == 1


def test_a_ticket_that_nobody_came_for_is_lost(gates: Gates, clock: HandClock) -> None:
    """It goes again; one whose lease was had is not lost however long the call takes."""
    gates.take(NAME, due("a", "b"), 2)
    gates.leased(NAME, "a")
    clock.move(31)

    assert gates.room(NAME, 0) == 1
    assert gates.take(NAME, due("a", "b"), 1) == (["b"], False)


def test_what_goes_without_a_ticket_takes_a_place(gates: Gates) -> None:
    """As many as tickets may be out, and each until it comes back."""
    gates.configure(NAME, 2, None)
    assert gates.free(NAME, 1) == 3
    gates.gone(NAME, "a")
    assert (gates.free(NAME, 1), gates.room(NAME, 1), gates.free("so-tc", 0)) == (2, 2, 1)
    gates.back(NAME, ["a"])
    assert gates.free(NAME, 1) == 3


def test_nothing_goes_without_a_ticket_where_calls_are_limited(gates: Gates, clock: HandClock) -> None:
    """By a rate, a pause, or a breaker, half open too."""
    gates.configure("slow", 2, 10.0)
    gates.change("paused", lambda condition: paused(condition, "an", "", 0))
    for _ in range(BreakerPolicy().failures):
        gates.learn("dead", [UNREACHABLE])
    assert [gates.free(name, 8) for name in ("slow", "paused", "dead")] == [0, 0, 0]
    clock.move(BreakerPolicy().first)
    assert gates.free("dead", 8) == 0


def test_a_rate_is_kept(gates: Gates, clock: HandClock) -> None:
    """Two a second, a second's worth saved up at the most; what is held back is left, not out."""
    gates.configure(NAME, concurrency=100, rate=2.0)
    many = due(*map(str, range(100)))
    counts = []
    for _ in range(3):
        counts.append(len(gates.take(NAME, many, 50)[0]))
        clock.move(1)
    clock.move(3600)
    counts.append(len(gates.take(NAME, many, 50)[0]))

    assert counts == [1, 2, 2, 2]
    assert gates.out(NAME) == 7


def test_calls_that_are_no_deliveries_share_the_rate(gates: Gates, clock: HandClock) -> None:
    """Who must wait learns how long; an endpoint without a rate makes nobody wait."""
    gates.configure("axis", 4, 2.0)
    assert (gates.wait("axis"), gates.wait("axis"), gates.wait("other")) == (0.0, 0.5, 0.0)

    clock.move(0.25)
    assert gates.wait("axis") == 0.25
    clock.move(0.25)
    assert gates.take("axis", due("a", "b"), 2) == (["a"], True)
    assert gates.wait("axis") == 0.5


def test_one_in_five_goes_to_the_oldest_even_one_by_one(gates: Gates) -> None:
    """Counted over all that was issued: a stream of urgent ones does not starve the oldest."""
    got = []
    for turn in range(10):
        (ticket,), _ = gates.take(NAME, Due((f"u{turn}", "old1", "old2"), ("old1", "old2", f"u{turn}")), 1)
        got.append(ticket)

    assert got == ["u0", "u1", "u2", "u3", "old1", "u5", "u6", "u7", "u8", "old2"]


def test_a_breaker_opens_lets_a_probe_go_and_closes(gates: Gates, clock: HandClock, noted: list[Condition]) -> None:
    """Each change is noted, so that a restart knows."""
    for _ in range(3):
        gates.learn(NAME, [UNREACHABLE])
    assert (gates.room(NAME, 5), gates.room("so-tc", 0)) == (0, 1)

    clock.move(15)
    assert gates.room(NAME, 5) == 1
    gates.take(NAME, due("probe"), 1)
    assert gates.room(NAME, 5) == 0
    gates.learn(NAME, [DELIVERED])
    gates.back(NAME, ["probe"])

    assert gates.room(NAME, 5) == 7
    assert [condition.breaker for condition in noted] == ["open", "closed"]


def unplugged(gates: Gates, failure: Settlement = UNREACHABLE) -> None:
    for _ in range(3):
        gates.learn(NAME, [failure])


def test_a_partner_that_is_back_is_probed_before_its_time(gates: Gates) -> None:
    """One call goes as soon as a connection is taken, and by tickets only; if it is answered, all may go."""
    unplugged(gates)
    assert gates.to_knock() == [NAME]
    assert not gates.knocked(NAME, taken=False)
    assert gates.room(NAME, 5) == 0

    assert gates.knocked(NAME, taken=True)
    assert (gates.room(NAME, 5), gates.shut(NAME), gates.free(NAME, 5), gates.to_knock()) == (1, False, 0, [])
    gates.learn(NAME, [DELIVERED])
    assert gates.room(NAME, 5) == 7


def test_an_early_probe_that_fails_leaves_the_curve_alone(
    gates: Gates, clock: HandClock, noted: list[Condition]
) -> None:
    """No second one goes before the time that was set when the breaker opened."""
    unplugged(gates)
    opened = gates.condition(NAME)
    gates.knocked(NAME, taken=True)
    gates.learn(NAME, [UNREACHABLE])

    assert (gates.room(NAME, 5), gates.to_knock()) == (0, [])
    assert not gates.knocked(NAME, taken=True)
    assert (gates.condition(NAME), noted) == (opened, [opened])
    clock.move(15)
    gates.learn(NAME, [UNREACHABLE])
    assert gates.to_knock() == [NAME]


@pytest.mark.parametrize("failure", [UNKNOWN, told("unreachable", State.WAITING, failure="server_fault")])
def test_a_partner_that_was_reached_is_not_probed_early(gates: Gates, failure: Settlement) -> None:
    """That it takes connections is nothing new, and one knock shows it."""
    unplugged(gates, failure)

    assert not gates.knocked(NAME, taken=True)
    assert (gates.room(NAME, 5), gates.to_knock()) == (0, [])


@pytest.mark.parametrize("failure", ["connect", "tls", "timeout_before_send"])
def test_one_call_in_the_row_that_could_not_be_made_is_enough(gates: Gates, failure: str) -> None:
    """Who dies under load breaks off the calls under way first."""
    gates.learn(NAME, [told("unreachable", State.WAITING, failure=failure)])
    unplugged(gates, UNKNOWN)

    assert gates.knocked(NAME, taken=True)


def test_what_failed_before_an_answer_is_no_sign(gates: Gates) -> None:
    """The partner was there since."""
    gates.learn(NAME, [UNREACHABLE])
    gates.learn(NAME, [REFUSED])
    unplugged(gates, UNKNOWN)

    assert not gates.knocked(NAME, taken=True)


def test_after_a_restart_an_open_breaker_is_knocked_at(gates: Gates, clock: HandClock) -> None:
    """Why it opened is not kept: its partner counts as away. A closed or paused one is left alone."""
    later = clock.now() + 10**9
    opened = Condition(NAME, breaker="open", until=later)
    gates.restore([opened, paused(Condition("so-tc", breaker="open", until=later), "an", "", 0), Condition("so-yt")])

    assert gates.to_knock() == [NAME]
    assert gates.knocked(NAME, taken=True)
    assert gates.room(NAME, 5) == 1


def test_a_knock_that_comes_late_is_not_heard(gates: Gates) -> None:
    """The breaker has closed meanwhile."""
    unplugged(gates)
    gates.change(NAME, resumed)

    assert not gates.knocked(NAME, taken=True)
    unplugged(gates, UNKNOWN)
    assert not gates.knocked(NAME, taken=True)


def test_one_failed_call_is_one_failure_whatever_it_carried(gates: Gates) -> None:
    """A call with many recipients does not open the breaker by itself."""
    gates.learn(NAME, [UNREACHABLE] * 20)

    assert gates.room(NAME, 0) == 2


def test_a_call_of_which_something_was_answered_did_not_fail(gates: Gates) -> None:
    """The partner lives."""
    for _ in range(5):
        gates.learn(NAME, [UNREACHABLE, DELIVERED])

    assert gates.room(NAME, 0) == 2


@pytest.mark.parametrize("failure", [UNREACHABLE, UNKNOWN, told("unanswered", State.IN_DOUBT, failure="auth")])
def test_what_counts_as_a_failure(gates: Gates, failure: Settlement) -> None:
    """No connection, no answer, and a question that failed."""
    for _ in range(3):
        gates.learn(NAME, [failure])

    assert gates.room(NAME, 0) == 0


def test_a_lease_without_a_call_teaches_nothing(gates: Gates) -> None:
    """Given back or given up."""
    for _ in range(5):
        gates.learn(NAME, [told("", State.DEAD, made=False), told("", State.QUEUED, made=False)])

    assert gates.condition(NAME) == Condition(NAME)


def test_every_refused_copy_counts_towards_a_pause(gates: Gates, noted: list[Condition]) -> None:
    """Three in a row here, in one call or several."""
    gates.learn(NAME, [REFUSED, REFUSED])
    gates.learn(NAME, [REFUSED])

    assert gates.room(NAME, 5) == 0
    assert noted[-1].paused_by == "bus"


def test_what_the_journal_remembers_holds_after_a_restart(gates: Gates, clock: HandClock) -> None:
    """A pause, and an open breaker."""
    gates.restore(
        [paused(Condition(NAME), "an", "bảo trì", clock.now()), Condition("so-tc", breaker="open", until=None)]
    )

    assert gates.room(NAME, 5) == 0
    assert gates.room("so-tc", 5) == 1


def test_a_change_by_an_operator_is_noted(gates: Gates, clock: HandClock, noted: list[Condition]) -> None:
    """And given back as it is now."""
    changed = gates.change(NAME, lambda condition: paused(condition, "an", "", clock.now()))

    assert changed == gates.condition(NAME) == noted[-1]


def test_an_endpoint_that_is_back_is_told_of(clock: HandClock) -> None:
    """When its breaker closes again, by a probe or an operator's word; not while it was closed all along."""
    back: list[str] = []
    gates = Gates(clock, lambda _condition: None, BreakerPolicy(failures=1, first=15))
    gates.on_back = back.append
    gates.learn(NAME, [DELIVERED])
    assert back == []

    gates.learn(NAME, [UNREACHABLE])
    clock.move(15)
    gates.learn(NAME, [DELIVERED])
    assert back == [NAME]

    gates.learn(NAME, [UNREACHABLE])
    gates.change(NAME, resumed)
    assert back == [NAME, NAME]


def test_a_share_of_refusals_pauses_where_the_routes_say_so(gates: Gates, noted: list[Condition]) -> None:
    """Half of the last ten, though never two in a row; not before there are ten, and not for an endpoint without a share."""
    gates.configure(NAME, concurrency=2, rate=None, flood=Flood(rate=0.5, over=10))
    for _ in range(4):
        gates.learn(NAME, [REFUSED])
        gates.learn(NAME, [DELIVERED])
        gates.learn("so-tc", [REFUSED])
        gates.learn("so-tc", [DELIVERED])
    gates.learn(NAME, [DELIVERED])
    assert noted == []

    gates.learn(NAME, [REFUSED])
    assert [(one.name, one.paused_by, one.pause_reason) for one in noted] == [
        (NAME, "bus", "5 trong 10 bản gần nhất bị từ chối · 5 of the last 10 copies refused")
    ]
    assert gates.room(NAME, 5) == 0


def test_below_its_share_nothing_is_paused(gates: Gates, noted: list[Condition]) -> None:
    """However much is refused in all: old refusals are forgotten."""
    gates.configure(NAME, concurrency=2, rate=None, flood=Flood(rate=0.5, over=10))
    for _ in range(10):
        gates.learn(NAME, [REFUSED])
        gates.learn(NAME, [DELIVERED] * 2)

    assert noted == []


def test_who_is_resumed_begins_anew(gates: Gates, noted: list[Condition]) -> None:
    """The refusals that paused it do not pause it again."""
    gates.configure(NAME, concurrency=2, rate=None, flood=Flood(dead=50, rate=0.5, over=10))
    gates.learn(NAME, [REFUSED] * 10)
    gates.change(NAME, resumed)
    gates.learn(NAME, [REFUSED])

    assert gates.condition(NAME).paused_by == ""
    assert gates.condition(NAME).dead_in_a_row == 1


def test_each_endpoint_has_its_own_patience(gates: Gates) -> None:
    """So many in a row as its routes say; changed routes count from where they are."""
    gates.configure(NAME, concurrency=2, rate=None, flood=Flood(dead=5))
    gates.learn(NAME, [REFUSED] * 4)
    assert gates.condition(NAME).paused_by == ""

    gates.configure(NAME, concurrency=2, rate=None, flood=Flood(dead=2))
    gates.learn(NAME, [REFUSED])
    assert gates.condition(NAME).paused_by == "bus"


def test_an_open_breaker_says_why_and_since_when(gates: Gates, clock: HandClock, noted: list[Condition]) -> None:
    """The failure that opened it, then that of each probe; since it first opened. Forgotten when it closes."""
    since = clock.now()
    for failure in ("connect", "connect", "tls"):
        gates.learn(NAME, [replace(UNREACHABLE, failure=failure, words="nobody\x00 there" * 100)])
    opened = noted[-1]
    assert (opened.opened_for, opened.opened_at, opened.until) == ("tls", since, since + 15 * MICROS)
    assert opened.opened_words is not None
    assert opened.opened_words.startswith("nobody there")
    assert len(opened.opened_words) == 300

    clock.move(15)
    gates.learn(NAME, [UNKNOWN])
    assert (noted[-1].opened_for, noted[-1].opened_at) == ("timeout_after_send", since)
    clock.move(30)
    gates.learn(NAME, [DELIVERED])
    assert (noted[-1].opened_for, noted[-1].opened_words, noted[-1].opened_at) == (None, None, None)
