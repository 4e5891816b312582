"""A bell wakes a thread that waits for a socket: ringing it twice before it is heard is ringing it once."""

from __future__ import annotations

import select
import socket
from contextlib import suppress


class Bell:
    """Rung from any thread, waited for by one."""

    def __init__(self) -> None:
        self._heard, self._struck = socket.socketpair()
        self._heard.setblocking(False)
        self._struck.setblocking(False)
        self._rung = False

    def ring(self) -> None:
        """Wake the waiting thread, now or when it next waits. Does nothing once closed."""
        if self._rung:
            return
        self._rung = True
        with suppress(OSError):
            self._struck.send(b"!")

    def wait(self, other: socket.socket | None, seconds: float) -> bool:
        """Wait until it rings or ``other`` can be read; False when the time is over first."""
        poll = select.poll()  # unlike other selectors it costs nothing to make
        for source in (self._heard, other):
            if source is not None:
                poll.register(source, select.POLLIN)
        heard = poll.poll(seconds * 1000)
        self._hush()
        return bool(heard)

    def _hush(self) -> None:
        """Be ready for the next ring. What was rung for comes to light after this, so none is missed."""
        with suppress(BlockingIOError):
            self._heard.recv(16)
        self._rung = False

    def close(self) -> None:
        self._heard.close()
        self._struck.close()
