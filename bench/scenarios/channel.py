"""Tickets through the channel: in memory, and through RabbitMQ where there is one."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from uuid import uuid4

from kombu import Connection

from bench.options import Options
from bus.bench.row import Row
from bus.channel import Ack, ChannelDown, Ticket
from bus.channel.kombu_channel import KombuChannel

_TICKETS, _PORTION = 10_000, 50


def measure(options: Options) -> Iterator[Row]:
    """Published in portions, then consumed and acked."""
    for url, name in (("memory://", "memory"), (options.broker, "amqp")):
        namespace = f"bench-{uuid4().hex[:8]}"
        try:
            yield from _one(url, name, namespace, options.count(_TICKETS))
        except ChannelDown as down:
            yield Row("channel", name, note=f"skipped: {down}")
        else:
            _forget(url, f"bus.{namespace}.there")


def _one(url: str, name: str, namespace: str, tickets: int) -> Iterator[Row]:
    channel = KombuChannel(url, namespace)
    try:
        began, cpu = time.monotonic(), time.process_time()
        for first in range(0, tickets, _PORTION):
            channel.publish([Ticket("there", str(number)) for number in range(first, first + _PORTION)])
        yield _row(f"{name}, publish", tickets, began, cpu)
        began, cpu = time.monotonic(), time.process_time()
        _consume(channel, tickets)
        yield _row(f"{name}, consume and ack", tickets, began, cpu)
    finally:
        channel.close()


def _consume(channel: KombuChannel, tickets: int) -> None:
    stop, left = threading.Event(), iter(range(tickets - 1))

    def take(_ticket: Ticket, ack: Ack) -> None:
        ack()
        if next(left, None) is None:
            stop.set()

    channel.consume(["there"], take, stop)


def _row(case: str, tickets: int, began: float, cpu: float) -> Row:
    seconds, used = time.monotonic() - began, time.process_time() - cpu
    return Row("channel", case, {"rate": tickets / seconds, "cpu": used / tickets * 1000})


def _forget(url: str, queue: str) -> None:
    """Leave nothing behind at a broker that outlives the run."""
    if url.startswith("amqp"):
        with Connection(url) as connection:
            connection.default_channel.queue_delete(queue)
