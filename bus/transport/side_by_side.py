"""Calls side by side: as many as one likes, all driven by one thread.

A thread for each call costs five times as much: the interpreter goes from hand to hand, and each hand-over wakes
all who wait for it. libcurl's multi interface says what sockets it waits for, and ``epoll`` waits for them all.
"""

from __future__ import annotations

import os
import select
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

import pycurl

from bus.transport import Ended, Request, Response
from bus.transport.handle import Handle, Shape, shape_of

#: Idle connections that are kept, and shapes of calls whose handles are.
_KEPT, _SHAPES = 256, 512
#: A call is looked at so many times within the time it may be idle.
_LOOKS = 4
_WAITS_FOR = {
    pycurl.POLL_IN: select.EPOLLIN,
    pycurl.POLL_OUT: select.EPOLLOUT,
    pycurl.POLL_INOUT: select.EPOLLIN | select.EPOLLOUT,
}


@dataclass(slots=True)
class _Call:
    """A call under way. Times are monotonic seconds."""

    handle: Handle
    shape: Shape
    then: Callable[[Ended], None]
    idle: float
    end: float
    #: When it last was seen to move, and how far it had come.
    since: float
    moved: int = 0

    def stuck(self, now: float) -> bool:
        """Whether it is to be given up."""
        moved = self.handle.moved()
        if not moved or moved > self.moved:
            self.since, self.moved = now, moved
        return now - self.since >= self.idle or now >= self.end


class SideBySide:
    """Carries calls; used by one thread at a time but for :meth:`wake`."""

    def __init__(self) -> None:
        self._multi = pycurl.CurlMulti()
        self._multi.setopt(pycurl.M_MAXCONNECTS, _KEPT)
        self._multi.setopt(pycurl.M_SOCKETFUNCTION, self._watch)
        self._multi.setopt(pycurl.M_TIMERFUNCTION, self._note_time)
        self._sockets = select.epoll()
        self._bell = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
        self._sockets.register(self._bell, select.EPOLLIN)
        self._rung = False
        #: When libcurl has something to do by time, and when a call may have been idle for too long.
        self._due: float | None = None
        self._look: float | None = None
        self._calls: dict[pycurl.Curl, _Call] = {}
        self._idle: dict[Shape, list[Handle]] = {}

    def begin(self, request: Request, then: Callable[[Ended], None]) -> None:
        """Begin a call; ``then`` hears of its end, within a later :meth:`step`, and must not raise.

        Raises what says that it cannot even begin: Unreachable, ValueError, FileNotFoundError.
        """
        shape = shape_of(request)
        idle = self._idle.get(shape)
        handle = idle.pop() if idle else Handle(request)
        handle.load(request)
        now = time.monotonic()
        self._calls[handle.curl] = _Call(handle, shape, then, request.idle_timeout, now + request.total_timeout, now)
        self._multi.add_handle(handle.curl)
        self._look_by(now + min(request.idle_timeout / _LOOKS, request.total_timeout))

    def step(self, seconds: float) -> None:
        """Move what can be moved; wait for so long at the most, and no longer than until something does move."""
        for descriptor, ready in self._sockets.poll(self._patience(seconds)):
            if descriptor == self._bell:
                os.eventfd_read(self._bell)
                self._rung = False
            else:
                self._multi.socket_action(descriptor, _bits(ready))
        now = time.monotonic()
        if self._due is not None and self._due <= now:
            self._due = None
            self._multi.socket_action(pycurl.SOCKET_TIMEOUT, 0)
        self._reap()
        if self._look is not None and self._look <= now:
            self._give_up_stuck(now)

    def wake(self) -> None:
        """End the waiting of a :meth:`step`, now or when it next waits. From any thread."""
        if not self._rung:
            self._rung = True
            os.eventfd_write(self._bell, 1)

    def call(self, request: Request) -> Response:
        """Make one call and see it through. Raises as a :class:`~bus.transport.Transport` does."""
        ended: list[Ended] = []
        self.begin(request, ended.append)
        while not ended:
            self.step(request.idle_timeout)
        if isinstance(ended[0], BaseException):
            raise ended[0]
        return ended[0]

    def close(self) -> None:
        """Break off what is under way, without a word to anybody, and let go of connections. May be called twice."""
        for call in self._calls.values():
            self._multi.remove_handle(call.handle.curl)
            call.handle.close()
        self._calls.clear()
        self._forget_idle()
        if not self._sockets.closed:
            self._multi.close()
            self._sockets.close()
            os.close(self._bell)

    def _watch(self, what: int, descriptor: int, _multi: object, _data: object) -> None:
        """Wait for something else at a socket."""
        if what == pycurl.POLL_REMOVE:
            with suppress(OSError):  # closed already, and forgotten with that
                self._sockets.unregister(descriptor)
            return
        try:
            self._sockets.register(descriptor, _WAITS_FOR[what])
        except FileExistsError:
            self._sockets.modify(descriptor, _WAITS_FOR[what])

    def _note_time(self, millis: int) -> None:
        """Come back to libcurl after so many milliseconds; -1: no more."""
        self._due = None if millis < 0 else time.monotonic() + millis / 1000

    def _look_by(self, at: float) -> None:
        self._look = at if self._look is None else min(self._look, at)

    def _patience(self, seconds: float) -> float:
        times = [at for at in (self._due, self._look) if at is not None]
        return max(0.0, min(seconds, *(at - time.monotonic() for at in times))) if times else seconds

    def _reap(self) -> None:
        left = True
        while left:
            left, well, failed = self._multi.info_read()
            for curl in well:
                self._end(curl, None)
            for curl, code, words in failed:
                self._end(curl, (code, words))

    def _give_up_stuck(self, now: float) -> None:
        self._look = None
        for curl, call in list(self._calls.items()):
            if call.stuck(now):
                self._end(curl, (pycurl.E_ABORTED_BY_CALLBACK, "the call took too long"))
            else:
                self._look_by(min(now + call.idle / _LOOKS, call.end))

    def _end(self, curl: pycurl.Curl, failed: tuple[int, str] | None) -> None:
        call = self._calls.pop(curl)
        self._multi.remove_handle(curl)
        ended = call.handle.ended(failed)
        call.handle.unload()
        idle = self._idle.get(call.shape) or self._idle.setdefault(call.shape, [])
        idle.append(call.handle)
        if len(self._idle) > _SHAPES:
            self._forget_idle()
        call.then(ended)

    def _forget_idle(self) -> None:
        for idle in self._idle.values():
            for handle in idle:
                handle.close()
        self._idle.clear()


def _bits(ready: int) -> int:
    """What epoll says, as libcurl wants to hear it: a broken socket can be read, and says so then."""
    read = pycurl.CSELECT_IN if ready & ~select.EPOLLOUT else 0
    return read | (pycurl.CSELECT_OUT if ready & select.EPOLLOUT else 0)
