"""The calls of all endpoints that are pushed to, on one thread: as many at once of each as it allows.

A call costs no thread, so one that hangs costs nobody anything but a place among its endpoint's own.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Generic, TypeVar

from bus.transport import Ended, Exchange, Request

T = TypeVar("T")

#: Seconds after which the thread looks up though nothing happened.
_TICK = 1.0

#: A request to make, and who hears what came of it.
Push = tuple[Request, Callable[[Ended], None]]


@dataclass(slots=True)
class _Line(Generic[T]):
    """What one endpoint has to do."""

    at_most: int = 1
    under_way: int = 0
    waiting: deque[T] = field(default_factory=deque)


class Pushes(Generic[T]):
    """Does jobs by ``begin``, which gives what a job asks for, or None where it asks for no call. Neither ``begin`` nor
    who hears of the end may raise.
    """

    def __init__(self, exchange: Exchange, begin: Callable[[T], Push | None]) -> None:
        self._exchange = exchange
        self._begin = begin
        self._lock = threading.Lock()
        self._lines: dict[str, _Line[T]] = {}
        #: Those where a job waits.
        self._wanted: set[str] = set()
        self._under_way = 0
        self._home = False
        self._given_up = False
        self._thread = threading.Thread(target=self._run, name="pushes", daemon=True)

    def put(self, name: str, job: T, at_most: int) -> None:
        """Have it done, with no more than ``at_most`` calls of this name under way."""
        with self._lock:
            line = self._lines.get(name) or self._lines.setdefault(name, _Line())
            line.at_most = at_most
            line.waiting.append(job)
            self._wanted.add(name)
            if not self._thread.ident:
                self._thread.start()
        self._exchange.wake()

    def send_home(self) -> list[T]:
        """End when the calls under way have; the jobs nobody has begun."""
        with self._lock:
            self._home = True
            left = [job for name in self._wanted for job in self._lines[name].waiting]
            for name in self._wanted:
                self._lines[name].waiting.clear()
            self._wanted.clear()
        self._exchange.wake()
        return left

    def join(self, deadline: float) -> None:
        """Wait for the calls under way until this instant (monotonic seconds), and break off those that are left."""
        if self._thread.ident:
            self._thread.join(max(0.0, deadline - time.monotonic()))
            self._given_up = True
            self._exchange.wake()
            self._thread.join()
        self._exchange.close()

    def _run(self) -> None:
        while not self._given_up and (self._under_way or not self._home):
            for line, job in self._next():
                self._start(line, job)
            self._exchange.step(_TICK)

    def _next(self) -> list[tuple[_Line[T], T]]:
        """The jobs that may begin now."""
        chosen: list[tuple[_Line[T], T]] = []
        with self._lock:
            for name in tuple(self._wanted):
                line = self._lines[name]
                while line.waiting and line.under_way < line.at_most:
                    line.under_way += 1
                    chosen.append((line, line.waiting.popleft()))
                if not line.waiting:
                    self._wanted.discard(name)
            self._under_way += len(chosen)
        return chosen

    def _start(self, line: _Line[T], job: T) -> None:
        """Begin its call. Where there is none, its place is free at once, and the next one is looked for."""
        push = self._begin(job)
        if push is None:
            self._leave(line)
            self._exchange.wake()
            return
        request, then = push
        try:
            self._exchange.begin(request, partial(self._end, line, then))
        except Exception as error:
            self._end(line, then, error)
            self._exchange.wake()

    def _end(self, line: _Line[T], then: Callable[[Ended], None], ended: Ended) -> None:
        self._leave(line)
        then(ended)

    def _leave(self, line: _Line[T]) -> None:
        line.under_way -= 1
        self._under_way -= 1
