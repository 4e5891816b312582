"""HTTP out by libcurl for who waits for the answer: streams from disk, keeps connections, many threads at once."""

from __future__ import annotations

import time
from collections.abc import Callable

from bus.transport import Request, Response
from bus.transport.pool import Pool
from bus.transport.side_by_side import SideBySide
from bus.transport.wire import origin


class FastTransport:
    """The :class:`~bus.transport.Transport` of libcurl."""

    def __init__(self, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._pool: Pool[SideBySide] = Pool(SideBySide, SideBySide.close, monotonic)

    def call(self, request: Request) -> Response:
        with self._pool.lent(origin(request)) as line:
            return line.call(request)

    def close(self) -> None:
        self._pool.close()
