"""Tickets: reminders that a delivery is due, handed from the issuer to the workers through a broker.

A ticket is a hint and the journal is the truth. Losing one costs time only (the sweeper issues it again), and
so does getting one twice (the journal's lease says no). What a channel promises:

* what :meth:`Channel.publish` returned from is with the broker;
* a ticket stays the broker's until it is acked, and goes to another consumer when it is not;
* no endpoint's tickets wait for another endpoint's;
* no call waits for ever.

kombu stays inside this package.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from threading import Event
from typing import Protocol

from bus.errors import BusError
from schemas.value import value


class ChannelDown(BusError):
    """The broker cannot be reached, or did not take what it was given."""


@value
class Ticket:
    """A reminder of one delivery to one endpoint."""

    endpoint: str
    delivery: str


#: Tells the broker that a ticket is done with. From any thread, never waits, harmless when repeated or late.
Ack = Callable[[], None]
#: Takes a ticket. Called in the consumer's thread, so it must be quick, and must not raise.
OnTicket = Callable[[Ticket, Ack], None]


class Channel(Protocol):
    """Carries tickets. Safe to use from many threads."""

    def publish(self, tickets: Sequence[Ticket]) -> None:
        """Hand tickets to the broker. Raises ChannelDown; then some of them may be there and some not."""
        ...

    def consume(self, endpoints: Iterable[str], on_ticket: OnTicket, stop: Event) -> None:
        """Take tickets of these endpoints in the calling thread until ``stop`` is set; reconnects by itself.
        Tickets not acked by then go back.
        """
        ...

    def watch(self, endpoints: Iterable[str]) -> None:
        """Make these the endpoints of the running :meth:`consume`. Open tickets of the others go back."""
        ...

    def ready(self) -> bool:
        """Ask the broker whether it is there. May take as long as connecting does."""
        ...

    def close(self) -> None:
        """End everything; may be called twice. Publishing afterwards raises ChannelDown."""
        ...
