"""A transport that keeps to somebody's rate: each call waits for its share of it."""

from __future__ import annotations

from collections.abc import Callable

from bus.transport import Request, Response, Transport


class Paced:
    """Calls by another transport, each after ``wait`` has returned. Closing is the other's owner's business."""

    def __init__(self, transport: Transport, wait: Callable[[], None]) -> None:
        self._transport = transport
        self._wait = wait

    def call(self, request: Request) -> Response:
        """As the other does."""
        self._wait()
        return self._transport.call(request)

    def close(self) -> None:
        """Nothing of its own to let go of."""
