"""What every house that takes orders has: the order in force, answers that are held back, and requests kept until they are whole."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable

from adapters.http.rehearsal.orders import Order, Standing
from adapters.http.stage import Head


class Ordered:
    """A sandbox that meets calls as it is told to."""

    def __init__(self) -> None:
        self.standing = Standing()
        self.calls: Counter[str] = Counter()
        self.connections: set[asyncio.Transport] = set()
        self._held: list[Callable[[], None]] = []

    def obey(self, order: Order) -> None:
        """A new order; answers held back go out."""
        self.standing.obey(order)
        held, self._held = self._held, []
        for release in held:
            release()

    def hold(self, release: Callable[[], None]) -> None:
        """Keep an answer back until the next order."""
        self._held.append(release)


class Request:
    """Any request: its body is kept until it is whole."""

    def __init__(self, house: Ordered, head: Head) -> None:
        self._holder = house
        self._head = head
        self._body = bytearray()

    def take(self, data: bytes) -> None:
        """The next piece."""
        self._body += data

    def hold(self, release: Callable[[], None]) -> None:
        """Keep its answer back."""
        self._holder.hold(release)
