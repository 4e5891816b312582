"""Sends documents at little cost: raw HTTP over kept connections, one call at a time on each.

A call that got no answer is made again under the same Idempotency-Key, as its sender has to; so is one that is to come
later (429, 5xx), after the time it was given.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections import deque
from typing import cast

from bus.bench.pace import Pace
from bus.bench.requests import Address, Requests
from bus.bench.sent import Sent, id_of

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_LATER = re.compile(rb"\r\nretry-after: *(\d+)", re.IGNORECASE)
#: Seconds after which a connection that was refused is tried again, and those that are waited at the most.
_PAUSE, _LONGEST = 0.05, 5.0


class Loader:
    """One load, from the word to the last answer."""

    def __init__(
        self, address: Address, requests: Requests, pace: Pace, connections: int, patience: float, name: str
    ) -> None:
        self._address = address
        self._requests = requests
        self._pace = pace
        self._connections = connections
        self._patience = patience
        self._sent = Sent(name)
        self._open: set[_Call] = set()
        self._opening: set[asyncio.Task[None]] = set()
        self._refused = False
        self._idle: list[_Call] = []
        self._again: deque[int] = deque()
        self._unanswered = 0
        self._heard = 0.0

    async def run(self) -> Sent:
        """Send it all."""
        self._loop, self._over = asyncio.get_running_loop(), asyncio.Event()
        cpu = time.process_time()
        self._sent.began = self._heard = time.monotonic()
        self._watch()
        self._tick()
        await self._over.wait()
        self._sent.ended = time.monotonic()
        self._sent.cpu = time.process_time() - cpu
        await self._hang_up()
        return self._sent

    async def _hang_up(self) -> None:
        """Leave no connection to the closing of the loop: uvloop's may then never come to an end."""
        for task in tuple(self._opening):
            task.cancel()
        for call in tuple(self._open):
            call.abort()
        while self._open or self._opening:  # noqa: ASYNC110 - a turn of the loop or two
            await asyncio.sleep(0)

    def opened(self, call: _Call) -> None:
        """A connection is there."""
        self._open.add(call)
        self.ready(call)

    def ready(self, call: _Call) -> None:
        """A connection is free."""
        self._idle.append(call)
        self._work()

    def answered(self, number: int, status: int, head: bytes, body: bytes) -> None:
        """A call was answered."""
        self._heard = time.monotonic()
        if status in (200, 201, 202, 204):
            self._sent.answered[number] = self._heard
            self._settled()
        elif status == 429 or status >= 500:
            self._sent.pushed_back += 1
            later = _LATER.search(head)
            self._loop.call_later(min(float(later[1]) if later else _PAUSE, _LONGEST), self._resend, number)
        else:
            self._sent.refused.append((head.split(b"\r\n")[0] + b" " + body)[:300].decode("utf-8", "replace"))
            self._settled()

    def closed(self, call: _Call, number: int | None) -> None:
        """A connection is gone, with or without a call on it."""
        self._open.discard(call)
        if call in self._idle:
            self._idle.remove(call)
        if number is not None:
            self._sent.lost += 1
            self._resend(number)

    def _settled(self) -> None:
        self._unanswered -= 1
        self._finish()

    def _finish(self) -> bool:
        """Whether nothing more goes out; the end, where all of it is answered."""
        over = self._pace.over(self._sent.given, time.monotonic() - self._sent.began)
        if over and not self._unanswered:
            self._over.set()
        return over

    def _resend(self, number: int) -> None:
        self._again.append(number)
        self._work()

    def _tick(self) -> None:
        """Send what is due now, and come back when the next is."""
        self._work()
        if not self._finish():
            elapsed = time.monotonic() - self._sent.began
            following = self._pace.at(self._sent.given) if self._pace.is_open else self._pace.seconds
            self._loop.call_later(min(max(following - elapsed, 0.001), _LONGEST), self._tick)

    def _work(self) -> None:
        """Give what is due to connections that are free; where there are none, another is opened."""
        if self._over.is_set():
            return
        while self._idle and (number := self._next()) is not None:
            self._idle.pop().put(number, self._requests.of(id_of(self._sent.name, number)))
        knocking = self._refused and self._opening  # where nobody opens, one at a time is enough
        room = len(self._open) + len(self._opening) < self._connections
        if room and not self._idle and not knocking and self._due():
            task = self._loop.create_task(self._connect())
            self._opening.add(task)
            task.add_done_callback(self._connected)

    async def _connect(self) -> None:
        try:
            await self._loop.create_connection(lambda: _Call(self), self._address.host, self._address.port)
            self._refused = False
        except OSError:
            self._refused = True
            await asyncio.sleep(_PAUSE)

    def _connected(self, task: asyncio.Task[None]) -> None:
        self._opening.discard(task)
        self._work()

    def _due(self) -> bool:
        return bool(self._again) or self._sent.given < self._pace.due(time.monotonic() - self._sent.began)

    def _next(self) -> int | None:
        """The number of what is to be sent now."""
        if self._again:
            return self._again.popleft()
        now, number = time.monotonic(), self._sent.given
        if number >= self._pace.due(now - self._sent.began):
            return None
        self._sent.since.append(self._sent.began + self._pace.at(number) if self._pace.is_open else now)
        self._sent.answered.append(0.0)
        self._unanswered += 1
        return number

    def _watch(self) -> None:
        """End it where nothing is answered any more."""
        left = self._heard + self._patience - time.monotonic()
        if left <= 0 and (self._unanswered or self._due()):
            waits = f"{self._unanswered} documents wait for an answer"
            self._sent.refused.append(f"{self._address} answers nothing for {self._patience:g} s; {waits}")
            self._over.set()
        else:
            self._loop.call_later(max(left, 1.0), self._watch)


class _Call(asyncio.Protocol):
    """One connection and the call that is on it."""

    def __init__(self, loader: Loader) -> None:
        self._loader = loader
        self._number: int | None = None
        self._answer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's is one in all but its class
        self._loader.opened(self)

    def abort(self) -> None:
        """End the connection."""
        self._transport.abort()

    def put(self, number: int, request: bytes) -> None:
        """Make a call."""
        self._number = number
        self._transport.write(request)

    def data_received(self, data: bytes) -> None:
        self._answer += data
        head, end, body = self._answer.partition(b"\r\n\r\n")
        length = _LENGTH.search(head)
        if end and self._number is not None and len(body) >= (int(length[1]) if length else 0):
            number, self._number, self._answer = self._number, None, b""
            self._loader.answered(number, int(head[9:12]), head, body)
            self._loader.ready(self)

    def connection_lost(self, _error: Exception | None) -> None:
        number, self._number = self._number, None
        self._loader.closed(self, number)
