"""Jobs of one endpoint: all are done, by no more threads than are allowed, and none waits for one that hangs."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest

from bus.crew import Crew

PATIENCE = 20.0


class Calls:
    """Work that can be held up: remembers what was begun, and how much of it at once."""

    def __init__(self) -> None:
        self.begun: list[int] = []
        self.most = 0
        self.threads: set[int] = set()
        self._under_way = 0
        self._change = threading.Condition()
        self._held: set[int] = set()

    def hold(self, *jobs: int) -> None:
        self._held |= set(jobs)

    def release(self) -> None:
        with self._change:
            self._held.clear()
            self._change.notify_all()

    def work(self, job: int) -> None:
        with self._change:
            self.begun.append(job)
            self.threads.add(threading.get_ident())
            self._under_way += 1
            self.most = max(self.most, self._under_way)
            self._change.notify_all()
            self._change.wait_for(lambda: job not in self._held, PATIENCE)
            self._under_way -= 1

    def until_begun(self, count: int) -> None:
        with self._change:
            assert self._change.wait_for(lambda: len(self.begun) >= count, PATIENCE), self.begun


@pytest.fixture
def calls() -> Calls:
    return Calls()


@pytest.fixture
def crew(calls: Calls) -> Iterator[Crew[int]]:
    crew = Crew("axis", calls.work)
    yield crew
    calls.release()
    crew.send_home()
    crew.join(time.monotonic() + PATIENCE)
    assert not [thread for thread in threading.enumerate() if thread.name == "call-axis"]


def test_every_job_is_done_once(crew: Crew[int], calls: Calls) -> None:
    """However many come at once, and from several threads."""
    givers = [threading.Thread(target=lambda n=n: [crew.put(n * 100 + i, 4) for i in range(100)]) for n in range(4)]
    for giver in givers:
        giver.start()
    calls.until_begun(400)

    assert sorted(calls.begun) == list(range(400))


def test_a_hanging_call_keeps_no_other_waiting(crew: Crew[int], calls: Calls) -> None:
    """Whatever hangs, the next job has a thread as long as one is allowed."""
    calls.hold(0, 1, 2)
    for job in range(20):
        crew.put(job, 4)
    calls.until_begun(20)

    assert calls.most == 4


def test_no_more_at_once_than_allowed(crew: Crew[int], calls: Calls) -> None:
    """Not even where all hang; the next begins when one has ended."""
    calls.hold(*range(10))
    for job in range(10):
        crew.put(job, 3)
    calls.until_begun(3)
    calls.release()
    calls.until_begun(10)

    assert calls.most == 3


def test_a_single_job_needs_no_other(crew: Crew[int], calls: Calls) -> None:
    """One after another, each is done though nothing follows."""
    for job in range(5):
        crew.put(job, 16)
        calls.until_begun(job + 1)

    assert calls.begun == [0, 1, 2, 3, 4]


def test_what_is_not_begun_is_given_up(crew: Crew[int], calls: Calls) -> None:
    """Who is sent home finishes what is in hand and begins nothing more."""
    calls.hold(0)
    crew.put(0, 1)
    calls.until_begun(1)
    crew.put(1, 1)
    crew.put(2, 1)

    assert crew.send_home() == [1, 2]
    calls.release()
    crew.join(time.monotonic() + PATIENCE)
    assert calls.begun == [0]
