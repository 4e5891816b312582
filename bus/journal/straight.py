"""What goes as soon as it is on disk: a new document to an endpoint where nothing waits is leased as it is accepted.

A ticket says that something is due to those who do not know; here the writer itself sees it. It saves a round
through the channel and a transaction for every document of a bus that keeps up.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from bus.clock import MICROS
from bus.journal.copy import Copy, move
from bus.journal.event import Event
from bus.journal.states import State
from schemas.value import value

#: Bytes a second below which a transfer is not waited for: a lease is longer by so much for a large body.
_SLOWEST = 64 << 10


@value
class Lease:
    """Copies in hand until ``until``, for ``term``: to send, or (``asking``) to ask the partner about."""

    id: str
    until: int
    event: Event
    body_size: int
    copies: tuple[Copy, ...]
    term: int
    asking: bool = False

    @property
    def endpoint(self) -> str:
        """The one endpoint these copies go to."""
        return self.copies[0].endpoint


def term_for(term: int, size: int) -> int:
    """For how long a body of so many bytes is leased (microseconds)."""
    return term + size * MICROS // _SLOWEST


def to_send(copy: Copy, now: int, lease: str, until: int) -> Copy:
    """A copy taken in hand to be sent."""
    return move(copy, State.SENDING, now, until=until, lease=lease, attempts=copy.attempts + 1, sent_at=now)


class Way(NamedTuple):
    """How many deliveries to an endpoint may go at once, and how long a lease is (microseconds)."""

    free: Callable[[str], int] = lambda _endpoint: 0
    term: Callable[[], int] = lambda: 0


@dataclass(slots=True)
class Straight:
    """Leases granted in one transaction to what it accepts."""

    way: Way = field(default_factory=Way)
    leases: list[Lease] = field(default_factory=list)
    _free: dict[str, int] = field(default_factory=dict)

    def lease(self, event: Event, size: int, copy: Copy, now: int, ids: Iterator[str]) -> Copy:
        """The copy as it is to be written: leased, if it may go as soon as it is on disk."""
        free = self._free.setdefault(copy.endpoint, self.way.free(copy.endpoint))
        if not free:
            return copy
        self._free[copy.endpoint] = free - 1
        id_, term = next(ids), term_for(self.way.term(), size)
        gone = to_send(copy, now, id_, now + term)
        self.leases.append(Lease(id_, now + term, event, size, (gone,), term))
        return gone
