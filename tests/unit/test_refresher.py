"""The refresher: each list in its own time, and nobody's trouble is the bus's."""

from __future__ import annotations

import threading
from collections.abc import Iterable

import pytest

from bus.clock import MICROS, HandClock
from bus.endpoint import ListedAgency
from bus.errors import FailureClass, Unreachable
from bus.refresh import AgencyList
from bus.refresher import Refresher
from tests.buses import PATIENCE

HOUR = 3600 * MICROS


class NoList:
    def version(self) -> str:
        return ""

    def agencies(self) -> Iterable[ListedAgency]:
        return ()


def listed(every: int | None = HOUR, endpoint: str = "axis") -> AgencyList:
    return AgencyList(endpoint, NoList(), every)


class Looks:
    """Counts looks; the first so many fail."""

    def __init__(self, error: Exception | None = None) -> None:
        self.made = threading.Semaphore(0)
        self._error = error

    def __call__(self, _one: AgencyList) -> None:
        self.made.release()
        if self._error:
            raise self._error

    def one(self) -> bool:
        return self.made.acquire(timeout=PATIENCE)


@pytest.mark.parametrize(
    ("last", "wait"), [(None, 0), (0, HOUR), (-HOUR, 0), (-2 * HOUR, 0), (-HOUR // 4, 3 * HOUR // 4), (HOUR, HOUR)]
)
def test_the_next_look_is_an_interval_after_the_last(last: int | None, wait: int) -> None:
    """At once where there was none or it is overdue; a clock that was set back makes nobody wait for ever."""
    clock = HandClock()
    at = None if last is None else clock.now() + last

    assert Refresher(Looks(), lambda _: at, clock).wait(listed(), HOUR) == wait


@pytest.mark.parametrize("error", [Unreachable(FailureClass.CONNECT, "away"), RuntimeError("a fault of ours")])
def test_a_failure_is_tried_again(error: Exception) -> None:
    """Whatever goes wrong, the thread goes on."""
    looks = Looks(error)
    refresher = Refresher(looks, lambda _: None, HandClock())
    refresher.serve({"axis": listed(1)})
    try:
        assert looks.one()
        assert looks.one()
    finally:
        refresher.stop()


def test_never_is_never() -> None:
    """A list without an interval is looked at by nobody but the operator; a new one at once."""
    looks = Looks()
    refresher = Refresher(looks, lambda _: None, HandClock())
    refresher.serve({"axis": listed(None)})
    assert not looks.made.acquire(blocking=False)
    refresher.serve({"axis": listed()})
    assert looks.one()
    refresher.stop()
    assert not looks.made.acquire(blocking=False)
