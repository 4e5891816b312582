"""The sending end: one connection shared by all threads, tickets confirmed by the broker a window at a time."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from threading import Lock

from kombu import Producer

from bus.channel import ChannelDown, Ticket
from bus.channel.broker import Broker, connect, write

#: Tickets on their way to the broker before the first confirm is waited for.
WINDOW = 200


class Publisher:
    """Publishes for any thread, one at a time."""

    def __init__(self, broker: Broker) -> None:
        self._broker = broker
        self._turn = Lock()
        self._line: _Line | None = None
        self._closed = False

    def publish(self, tickets: Sequence[Ticket]) -> None:
        """Return when the broker has them all. Raises ChannelDown."""
        self._take_turn()
        try:
            try:
                self._send(tickets)
            except ChannelDown:
                # A connection that broke while it was idle is noticed only now: once more on a fresh one.
                self._send(tickets)
        finally:
            self._turn.release()

    def probe(self) -> None:
        """Make sure the broker is there. Raises ChannelDown."""
        self._take_turn()
        try:
            self._send(())
        finally:
            self._turn.release()

    def close(self) -> None:
        """Hang up, after the publishing that is under way."""
        self._closed = True
        with self._turn:
            self._hang_up()

    def _take_turn(self) -> None:
        # As long as another thread may need: to connect and to publish, and both again.
        if not self._turn.acquire(timeout=4 * self._broker.patience):
            raise ChannelDown("another thread has been publishing for too long")

    def _send(self, tickets: Sequence[Ticket]) -> None:
        if self._closed:
            raise ChannelDown("the channel is closed")
        self._line = self._line or _Line(self._broker)
        try:
            self._line.send(tickets)
        except BaseException:
            self._hang_up()
            raise

    def _hang_up(self) -> None:
        line, self._line = self._line, None
        if line:
            line.close()


class _Line:
    """A connection, and which of what was sent over it the broker has not confirmed."""

    def __init__(self, broker: Broker) -> None:
        self._broker = broker
        self._connection = broker.dial()
        self._producer: Producer | None = None
        self._queues: dict[str, str] = {}
        self._sent = 0
        self._unconfirmed: set[int] = set()
        self._refused = False

    def send(self, tickets: Sequence[Ticket]) -> None:
        """Publish and see it confirmed; without tickets, see that the connection stands."""
        with self._broker.errors(self._connection):
            self._producer = self._producer or self._open()
            self._see_events()
            for start in range(0, len(tickets), WINDOW):
                for ticket in tickets[start : start + WINDOW]:
                    self._put(self._producer, ticket)
                self._await_confirms()

    def close(self) -> None:
        self._connection.release()

    def _open(self) -> Producer:
        connect(self._connection)
        channel = self._connection.channel()
        if not self._broker.in_memory:
            channel.confirm_select()
            channel.events["basic_ack"].add(self._on_ack)
            channel.events["basic_nack"].add(self._on_nack)
            channel.events["basic_return"].add(self._on_return)
        return Producer(channel, auto_declare=False)

    def _put(self, producer: Producer, ticket: Ticket) -> None:
        queue = self._queues.get(ticket.endpoint) or self._declare(producer, ticket.endpoint)
        self._sent += 1
        if not self._broker.in_memory:
            self._unconfirmed.add(self._sent)
        producer.publish(
            write(ticket),
            routing_key=queue,
            mandatory=True,
            content_type="application/json",
            content_encoding="utf-8",
        )

    def _declare(self, producer: Producer, endpoint: str) -> str:
        name: str = self._broker.declare(endpoint, producer.channel).name
        self._queues[endpoint] = name
        return name

    def _await_confirms(self) -> None:
        while self._unconfirmed:
            self._connection.drain_events(timeout=self._broker.patience)
        if self._refused:
            raise ChannelDown("the broker did not take a ticket")

    def _see_events(self) -> None:
        """Let a connection that the broker has closed meanwhile say so before it is used."""
        with suppress(TimeoutError):
            self._connection.drain_events(timeout=0)

    def _on_ack(self, tag: int, multiple: bool) -> None:
        self._unconfirmed -= {sent for sent in self._unconfirmed if sent <= tag} if multiple else {tag}

    def _on_nack(self, tag: int, multiple: bool) -> None:
        self._refused = True
        self._on_ack(tag, multiple)

    def _on_return(self, *_: object) -> None:
        # The queue was deleted under us. The confirm still comes; the next line declares the queue anew.
        self._refused = True
