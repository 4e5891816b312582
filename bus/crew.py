"""The threads of one endpoint: as many as its calls need, never more than it allows, and no more awake than keep up.

Who has finished a job takes the next at once. Another is woken only where nobody is at work, or for a job that has
waited a moment: to wake a thread for each job costs more than a quick call takes.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")

#: Seconds a job waits for those who are at work already.
_GRACE = 0.005


class Crew(Generic[T]):
    """Does jobs by ``work``, which never raises."""

    def __init__(self, name: str, work: Callable[[T], None]) -> None:
        self._name = name
        self._work = work
        self._bell = threading.Condition()
        #: Jobs nobody has begun, each with the instant it came (monotonic seconds).
        self._jobs: deque[tuple[float, T]] = deque()
        self._threads: list[threading.Thread] = []
        self._at_most = 1
        self._at_work = 0
        self._parked = 0
        #: A thread was called to see to the jobs that wait.
        self._guarded = False
        self._home = False

    def put(self, job: T, at_most: int) -> None:
        """Have it done by one of ``at_most`` threads."""
        with self._bell:
            self._jobs.append((time.monotonic(), job))
            self._at_most = at_most
            self._call_guard()

    def send_home(self) -> list[T]:
        """End the threads when they have done what they have in hand; the jobs nobody has begun."""
        with self._bell:
            self._home = True
            left = [job for _, job in self._jobs]
            self._jobs.clear()
            self._bell.notify_all()
        return left

    def join(self, deadline: float) -> None:
        """Wait for the threads, until this instant (monotonic seconds) at the latest."""
        for thread in self._threads:
            thread.join(max(0.0, deadline - time.monotonic()))

    def _call_guard(self) -> None:
        if self._guarded:
            return
        if self._parked:
            self._guarded = True
            self._bell.notify()
        elif len(self._threads) < self._at_most:
            self._guarded = True
            self._add_thread()

    def _add_thread(self) -> None:
        thread = threading.Thread(target=self._run, name=f"call-{self._name}", daemon=True)
        self._threads.append(thread)
        thread.start()

    def _run(self) -> None:
        with self._bell:
            self._guard()
            job = self._next()
        while job is not None:
            self._work(job)
            with self._bell:
                self._at_work -= 1
                job = self._next()

    def _next(self) -> T | None:
        """The next job, at once where one waits; None: go home."""
        while not self._jobs:
            if self._home:
                return None
            self._parked += 1
            self._bell.wait()
            self._parked -= 1
            self._guard()
        self._at_work += 1
        _, job = self._jobs.popleft()
        if self._jobs:
            self._call_guard()
        return job

    def _guard(self) -> None:
        """Leave the jobs to those who are at work, until one has waited too long."""
        while self._jobs and self._at_work and (left := self._jobs[0][0] + _GRACE - time.monotonic()) > 0:
            self._bell.wait(left)
        self._guarded = False
