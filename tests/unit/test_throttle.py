"""Failed sign-ins: one record a minute, and a limit for what fails."""

from __future__ import annotations

import pytest

import bus.throttle
from bus.clock import HandClock
from bus.journal.notes import Refusal
from bus.throttle import Throttle

HERE, THERE = "10.0.0.1", "10.0.0.2"


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def recorded() -> list[Refusal]:
    return []


@pytest.fixture
def throttle(clock: HandClock, recorded: list[Refusal]) -> Throttle:
    return Throttle(clock, 20, recorded.append)


def fail(throttle: Throttle, times: int, address: str = HERE, code: str = "auth.bad_key") -> None:
    for _ in range(times):
        throttle.failed(Refusal("api", code, address=address))


def test_the_first_of_a_minute_is_recorded_with_its_example(throttle: Throttle, recorded: list[Refusal]) -> None:
    """And no other."""
    fail(throttle, 15)

    assert recorded == [Refusal("api", "auth.bad_key", address=HERE)]


def test_the_others_are_recorded_with_their_number_when_the_minute_is_over(
    throttle: Throttle, recorded: list[Refusal], clock: HandClock
) -> None:
    """One record for all of them; the next minute begins with its own first."""
    fail(throttle, 15)
    clock.move(60)
    fail(throttle, 1)

    assert [refusal.count for refusal in recorded] == [1, 14, 1]


def test_each_address_and_reason_is_counted_apart(throttle: Throttle, recorded: list[Refusal]) -> None:
    """One record each."""
    fail(throttle, 2)
    fail(throttle, 2, THERE)
    fail(throttle, 2, code="auth.clock")

    assert len(recorded) == 3


def test_too_many_failures_throttle_their_address_only(throttle: Throttle) -> None:
    """After twenty, whatever their reasons."""
    fail(throttle, 10)
    fail(throttle, 9, code="auth.clock")
    assert not throttle.throttled(HERE)

    fail(throttle, 1)
    assert throttle.throttled(HERE)
    assert not throttle.throttled(THERE)


def test_a_minute_later_it_is_looked_at_again(throttle: Throttle, clock: HandClock) -> None:
    """The limit is by the minute."""
    fail(throttle, 30)
    clock.move(60)

    assert not throttle.throttled(HERE)


def test_no_flood_of_addresses_fills_the_memory(
    throttle: Throttle, recorded: list[Refusal], monkeypatch: pytest.MonkeyPatch
) -> None:
    """So many are remembered; what comes beyond is refused all the same, and not recorded one by one."""
    monkeypatch.setattr(bus.throttle, "_ADDRESSES", 100)
    for number in range(150):
        throttle.failed(Refusal("api", "auth.bad_key", address=str(number)))

    assert len(recorded) == 100
