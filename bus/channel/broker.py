"""The broker as both ends see it: how to connect, what queues are called, how a ticket is written.

``memory://`` lives inside one process. ``amqp://`` (``amqps://`` with the certificate and the name checked; several
hosts separated by ``;``) keeps each endpoint's tickets in a quorum queue.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Lock

import orjson
from kombu import Connection, Queue
from kombu.exceptions import KombuError
from kombu.transport.base import StdChannel as Channel

from bus.channel import ChannelDown, Ticket

_QUORUM = {"x-queue-type": "quorum"}


@dataclass(frozen=True, slots=True)
class Broker:
    """Where the broker is. ``namespace`` keeps installations that share a broker, or a process, apart."""

    url: str = field(repr=False)
    namespace: str
    #: Seconds: longest wait to connect, and for a byte to move either way inside one exchange.
    patience: float = 5.0
    _declaring: Lock = field(default_factory=Lock, repr=False, compare=False)

    def __post_init__(self) -> None:
        if self.url.partition("://")[0] not in {"memory", "amqp", "amqps"}:
            # Other transports of kombu lose taken work when a process is killed, or cannot confirm.
            raise ValueError("a broker URL begins with memory://, amqp:// or amqps://")

    @property
    def in_memory(self) -> bool:
        """Whether publishers and consumers share this process and nothing outlives it."""
        return self.url.startswith("memory:")

    @contextmanager
    def connection(self, heartbeat: int = 0) -> Iterator[Connection]:
        """A connection for one thread; errors of the broker become :class:`ChannelDown` inside."""
        connection = self.dial(heartbeat)
        try:
            with self.errors(connection):
                connect(connection)
                yield connection
        finally:
            connection.release()

    def dial(self, heartbeat: int = 0) -> Connection:
        """A connection that is not open yet."""
        return Connection(
            # kombu warns of a URL without a host, even where there is none.
            "memory://localhost/" if self.in_memory else self.url,
            heartbeat=heartbeat,
            connect_timeout=self.patience,
            ssl={"server_hostname": None} if self.url.startswith("amqps:") else False,
            transport_options=self._options(),
        )

    def _options(self) -> dict[str, object]:
        if self.in_memory:
            return {}
        return {"read_timeout": self.patience, "write_timeout": self.patience}

    @contextmanager
    def errors(self, connection: Connection) -> Iterator[None]:
        """Whatever says that the broker is gone or refuses, as :class:`ChannelDown`."""
        try:
            yield
        except (*connection.connection_errors, *connection.channel_errors, KombuError, OSError) as error:
            raise ChannelDown(f"{connection.as_uri()}: {error or type(error).__name__}") from error

    def declare(self, endpoint: str, channel: Channel) -> Queue:
        """The queue of one endpoint, made if there is none."""
        arguments = None if self.in_memory else _QUORUM
        queue = Queue(self.queue_name(endpoint), channel=channel, durable=True, queue_arguments=arguments)
        # A second declaration while a quorum queue is being made is answered before the queue can be used.
        with self._declaring:
            queue.queue_declare()
        return queue

    def queue_name(self, endpoint: str) -> str:
        """``bus.<namespace>.<endpoint>``."""
        return f"bus.{self.namespace}.{endpoint}"


def connect(connection: Connection) -> None:
    """Open a connection, asking each host once and not waiting in between."""
    hosts = len(connection.alt) or 1
    connection.ensure_connection(max_retries=hosts, interval_start=0, interval_step=0, interval_max=0)


def write(ticket: Ticket) -> bytes:
    """A ticket as the broker carries it."""
    return orjson.dumps({"endpoint": ticket.endpoint, "delivery": ticket.delivery})


def read(body: bytes | str | memoryview) -> Ticket:
    """The reverse of :func:`write`. Raises ValueError."""
    fields = orjson.loads(body)
    match fields:
        case {"endpoint": str(endpoint), "delivery": str(delivery)}:
            return Ticket(endpoint, delivery)
    raise ValueError("not a ticket")
