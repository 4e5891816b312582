"""Calls on one thread: as many of each endpoint as it allows, none waits for another endpoint's, all end well."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator

import pytest

from bus.pushes import Push, Pushes
from bus.transport import Ended, Request, Response

PATIENCE = 20.0
WELL = Response(204, {}, b"")


class Wire:
    """An exchange whose calls end when the test says so. Requests are told apart by their URL."""

    def __init__(self) -> None:
        self._change = threading.Condition()
        self._open: dict[str, Callable[[Ended], None]] = {}
        self._ended: list[tuple[str, Ended]] = []
        self._awake = False
        self.closed = False
        self.most: dict[str, int] = {}

    def begin(self, request: Request, then: Callable[[Ended], None]) -> None:
        if request.url.startswith("bad"):
            raise ValueError(request.url)
        with self._change:
            self._open[request.url] = then
            name = request.url.partition("/")[0]
            self.most[name] = max(self.most.get(name, 0), sum(url.startswith(name) for url in self._open))
            self._change.notify_all()

    def step(self, seconds: float) -> None:
        """No test lives to see it end by itself: what is to be done at once must wake it."""
        with self._change:
            self._change.wait_for(lambda: self._awake or self._ended, seconds + 2 * PATIENCE)
            self._awake = False
            ended, self._ended = self._ended, []
            calls = [(self._open.pop(url), end) for url, end in ended]
        for then, end in calls:
            then(end)

    def wake(self) -> None:
        with self._change:
            self._awake = True
            self._change.notify_all()

    def close(self) -> None:
        self.closed = True

    def end(self, *urls: str, end: Ended = WELL) -> None:
        with self._change:
            self._ended += [(url, end) for url in urls]
            self._change.notify_all()

    def until(self, *urls: str) -> None:
        """Wait until exactly these are under way."""
        with self._change:
            assert self._change.wait_for(lambda: sorted(self._open) == sorted(urls), PATIENCE), sorted(self._open)


class Yard:
    """Pushes over a wire; what came of each job."""

    def __init__(self) -> None:
        self.wire = Wire()
        self.ended: dict[str, Ended] = {}
        self._change = threading.Condition()
        self.pushes: Pushes[str] = Pushes(self.wire, self._begin)

    def put(self, *jobs: str, at_most: int = 2) -> None:
        for job in jobs:
            self.pushes.put(job.partition("/")[0], job, at_most)

    def until_ended(self, *jobs: str) -> None:
        with self._change:
            assert self._change.wait_for(lambda: self.ended.keys() >= set(jobs), PATIENCE), self.ended

    def _begin(self, job: str) -> Push | None:
        if job.endswith("nothing"):
            self._end(job, WELL)
            return None
        return Request("POST", job), lambda ended: self._end(job, ended)

    def _end(self, job: str, ended: Ended) -> None:
        with self._change:
            self.ended[job] = ended
            self._change.notify_all()


@pytest.fixture
def yard() -> Iterator[Yard]:
    yard = Yard()
    yield yard
    yard.pushes.send_home()
    yard.pushes.join(time.monotonic())


def test_no_more_at_once_than_allowed_and_no_fewer(yard: Yard) -> None:
    """The next begins when one ends, in the order in which they came."""
    yard.put("a/1", "a/2", "a/3", "a/4")
    yard.wire.until("a/1", "a/2")
    yard.wire.end("a/2")
    yard.wire.until("a/1", "a/3")
    yard.wire.end("a/1", "a/3")
    yard.wire.until("a/4")
    yard.wire.end("a/4")
    yard.until_ended("a/1", "a/2", "a/3", "a/4")
    assert yard.wire.most == {"a": 2}


def test_an_endpoint_that_hangs_delays_no_other(yard: Yard) -> None:
    """With all its calls under way and a backlog behind, another's go as if it were not there."""
    yard.put("slow/1", "slow/2", "slow/3")
    yard.wire.until("slow/1", "slow/2")
    yard.put("quick/1")
    yard.wire.until("slow/1", "slow/2", "quick/1")
    yard.wire.end("quick/1")
    yard.until_ended("quick/1")
    yard.wire.until("slow/1", "slow/2")


def test_a_job_that_asks_for_no_call_takes_no_place(yard: Yard) -> None:
    """Neither for now nor for good."""
    yard.put("a/1 nothing", "a/2 nothing", "a/3 nothing", "a/4", at_most=1)
    yard.wire.until("a/4")


def test_a_request_that_cannot_be_made_ends_with_why(yard: Yard) -> None:
    """What the wire raises is the end of that job and of no other."""
    yard.put("bad/1", "bad/2", "a/1", at_most=1)
    yard.until_ended("bad/1", "bad/2")
    assert {type(yard.ended[job]) for job in ("bad/1", "bad/2")} == {ValueError}
    yard.wire.until("a/1")


def test_a_changed_limit_holds_from_the_next_job_on(yard: Yard) -> None:
    """Routes may allow more while calls are under way."""
    yard.put("a/1", "a/2", at_most=1)
    yard.wire.until("a/1")
    yard.put("a/3", at_most=3)
    yard.wire.until("a/1", "a/2", "a/3")


def test_who_is_sent_home_gives_back_what_was_not_begun(yard: Yard) -> None:
    """And finishes what is under way."""
    yard.put("a/1", "a/2", "a/3", "b/1", "a/4")
    yard.wire.until("a/1", "a/2", "b/1")
    assert yard.pushes.send_home() == ["a/3", "a/4"]
    yard.wire.end("a/1", "a/2", "b/1")
    yard.pushes.join(time.monotonic() + PATIENCE)
    assert sorted(yard.ended) == ["a/1", "a/2", "b/1"]
    assert yard.wire.closed


def test_what_does_not_end_in_time_is_broken_off(yard: Yard) -> None:
    """A stop does not wait for a partner that hangs."""
    yard.put("a/1")
    yard.wire.until("a/1")
    yard.pushes.send_home()
    yard.pushes.join(time.monotonic())
    assert yard.ended == {}
    assert yard.wire.closed


def test_a_wire_that_was_never_used_is_closed_too() -> None:
    """There may have been nothing to push."""
    yard = Yard()
    assert yard.pushes.send_home() == []
    yard.pushes.join(time.monotonic())
    assert yard.wire.closed
