"""The receiving end: one thread, one connection, and for each endpoint a queue with a prefetch of its own.

py-amqp is not thread safe, so acks from other threads are noted and done here, between deliveries. No ack wakes it:
one that waits a tick keeps nobody waiting.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from socket import socket
from threading import Event

from kombu import Connection

from bus import log
from bus.channel import ChannelDown, OnTicket
from bus.channel.bell import Bell
from bus.channel.broker import Broker
from bus.channel.subscription import Subscription

#: How late a stop may be noticed while nothing happens.
TICK_SECONDS = 0.1
HEARTBEAT_SECONDS = 20
#: Deliveries between two looks at acks and stop.
_ROUND = 100
_FIRST_DELAY, _LONGEST_DELAY = 0.25, 15.0

_log = log.get()


def delay(failures: int) -> float:
    """Seconds to wait before connecting again after so many failures in a row."""
    return float(min(_FIRST_DELAY * 2 ** min(failures - 1, 16), _LONGEST_DELAY))


class Consumer:
    """One run of consuming."""

    def __init__(self, broker: Broker, endpoints: Iterable[str], on_ticket: OnTicket, prefetch: int) -> None:
        self._broker = broker
        self._wanted = frozenset(endpoints)
        self._on_ticket = on_ticket
        self._prefetch = prefetch
        self._bell = Bell()
        self._acks: deque[Callable[[], None]] = deque()
        self._failures = 0
        self._ended = False

    def watch(self, endpoints: Iterable[str]) -> None:
        """Replace the endpoints."""
        self._wanted = frozenset(endpoints)
        self._bell.ring()

    def wake(self) -> None:
        """Look for tickets now."""
        self._bell.ring()

    def end(self) -> None:
        """Stop from within: the channel is closed."""
        self._ended = True
        self._bell.ring()

    def run(self, stop: Event) -> None:
        """Consume until told to stop, over as many connections as it takes."""
        try:
            while not self._done(stop):
                try:
                    with self._broker.connection(HEARTBEAT_SECONDS) as connection:
                        self._serve(connection, stop)
                except ChannelDown as error:
                    self._failures += 1
                    again_in = delay(self._failures)
                    _log.warning("channel.lost", error=str(error), again_in=again_in)
                    stop.wait(again_in)
        finally:
            self._bell.close()

    def _done(self, stop: Event) -> bool:
        return self._ended or stop.is_set()

    def _serve(self, connection: Connection, stop: Event) -> None:
        _log.info("channel.connected", broker=connection.as_uri())
        subscriptions: dict[str, Subscription] = {}
        try:
            while not self._done(stop):
                self._follow(connection, subscriptions)
                self._failures = 0
                self._do_acks()
                if not connection.connected:
                    raise ChannelDown(f"{connection.as_uri()}: connection lost")
                connection.heartbeat_check()
                if not _drain(connection):
                    self._bell.wait(_socket(connection), TICK_SECONDS)
        finally:
            self._do_acks()
            for subscription in subscriptions.values():
                subscription.close()

    def _follow(self, connection: Connection, subscriptions: dict[str, Subscription]) -> None:
        """Start and close subscriptions until they are those of the wanted endpoints."""
        wanted = self._wanted
        for endpoint in subscriptions.keys() - wanted:
            subscriptions.pop(endpoint).close()
        for endpoint in wanted - subscriptions.keys():
            subscription = Subscription(endpoint, self._on_ticket, self._acks.append)
            subscription.start(connection, self._broker, self._prefetch)
            subscriptions[endpoint] = subscription

    def _do_acks(self) -> None:
        for _ in range(len(self._acks)):
            self._acks.popleft()()


def _drain(connection: Connection) -> bool:
    """Hand over what has arrived; whether there may be more."""
    try:
        for _ in range(_ROUND):
            connection.drain_events(timeout=0)
    except TimeoutError:
        return False
    return True


def _socket(connection: Connection) -> socket | None:
    """What a broker elsewhere is heard by; None for the one in memory."""
    return getattr(connection.connection, "sock", None)
