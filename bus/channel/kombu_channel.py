"""The channel over kombu: publishers and consumers of one broker, seen as one thing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from threading import Event, Lock

from bus.channel import ChannelDown, OnTicket, Ticket
from bus.channel.broker import Broker
from bus.channel.consumer import Consumer
from bus.channel.publisher import Publisher


class KombuChannel:
    """A :class:`~bus.channel.Channel`.

    ``namespace`` names the installation: all its processes share it, no other installation may. ``prefetch`` bounds
    the open tickets of each endpoint and must exceed what the issuer lets be outstanding. ``patience`` is how many
    seconds the broker may keep silent inside one exchange.
    """

    def __init__(self, url: str, namespace: str, *, prefetch: int = 1024, patience: float = 5.0) -> None:
        self._broker = Broker(url, namespace, patience)
        self._publisher = Publisher(self._broker)
        self._prefetch = prefetch
        self._lock = Lock()
        self._consumers: frozenset[Consumer] = frozenset()
        self._closed = False

    def publish(self, tickets: Sequence[Ticket]) -> None:
        """Hand tickets to the broker. Raises ChannelDown."""
        if not tickets:
            return
        self._publisher.publish(tickets)
        if self._broker.in_memory:
            # There is no socket that would tell them.
            for consumer in self._consumers:
                consumer.wake()

    def consume(self, endpoints: Iterable[str], on_ticket: OnTicket, stop: Event) -> None:
        """Take tickets in the calling thread until ``stop`` is set. Raises ChannelDown once closed."""
        consumer = self._join(endpoints, on_ticket)
        try:
            consumer.run(stop)
        finally:
            self._leave(consumer)

    def watch(self, endpoints: Iterable[str]) -> None:
        """Make these the endpoints of every running :meth:`consume`."""
        wanted = frozenset(endpoints)
        for consumer in self._consumers:
            consumer.watch(wanted)

    def ready(self) -> bool:
        """Ask the broker whether it is there."""
        try:
            self._publisher.probe()
        except ChannelDown:
            return False
        return True

    def close(self) -> None:
        """End consuming and hang up."""
        with self._lock:
            self._closed = True
        for consumer in self._consumers:
            consumer.end()
        self._publisher.close()

    def _join(self, endpoints: Iterable[str], on_ticket: OnTicket) -> Consumer:
        with self._lock:
            if self._closed:
                raise ChannelDown("the channel is closed")
            consumer = Consumer(self._broker, endpoints, on_ticket, self._prefetch)
            self._consumers |= {consumer}
        return consumer

    def _leave(self, consumer: Consumer) -> None:
        with self._lock:
            self._consumers -= {consumer}
