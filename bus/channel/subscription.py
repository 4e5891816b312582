"""One endpoint's queue as the consumer holds it: what was handed over and is still open."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from kombu import Connection, Consumer
from kombu.message import Message

from bus import log
from bus.channel import OnTicket
from bus.channel.broker import Broker, read

#: Puts work off to the consumer's thread.
Later = Callable[[Callable[[], None]], None]

_log = log.get()


class Subscription:
    """Has a broker channel of its own, so that no other endpoint uses up its prefetch. For one thread."""

    def __init__(self, endpoint: str, on_ticket: OnTicket, later: Later) -> None:
        self._endpoint = endpoint
        self._on_ticket = on_ticket
        self._later = later
        self._open: dict[object, Message] = {}

    def start(self, connection: Connection, broker: Broker, prefetch: int) -> None:
        """Have tickets delivered, as many at once as ``prefetch``."""
        self._channel = connection.channel()
        queue = broker.declare(self._endpoint, self._channel)
        self._consumer = Consumer(
            self._channel, [queue], on_message=self._arrived, prefetch_count=prefetch, auto_declare=False
        )
        self._consumer.consume()

    def close(self) -> None:
        """Put back what is open. Its acks do nothing from here on."""
        still_open, self._open = self._open, {}
        self._consumer.cancel()
        for message in still_open.values():
            message.requeue()
        self._channel.close()

    def _arrived(self, message: Message) -> None:
        try:
            ticket = read(message.body)
        except ValueError:
            _log.error("ticket.unreadable", endpoint=self._endpoint)
            message.reject()
            return
        self._open[message.delivery_tag] = message
        self._on_ticket(ticket, partial(self._later, partial(self._ack, message.delivery_tag)))

    def _ack(self, tag: object) -> None:
        message = self._open.pop(tag, None)
        if message:
            message.ack()
