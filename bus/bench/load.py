"""A sender of documents in a process of its own, as the measurement talks to it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing.connection import Connection

from bus.bench import loops
from bus.bench.child import child
from bus.bench.failed import BenchFailed
from bus.bench.loading import Loader
from bus.bench.pace import Pace
from bus.bench.requests import Address, Requests
from bus.bench.sent import Sent

#: Calls at one time: what is sent as fast as it is taken, and at the most where it is sent by the clock.
CLOSED, OPEN = 32, 256


@dataclass(frozen=True, slots=True)
class Job:
    """What to send, where, and when."""

    address: Address
    requests: Requests
    pace: Pace
    connections: int = CLOSED
    #: Seconds without any answer after which the other side is given up.
    patience: float = 30.0
    #: What its documents' ids begin with; eight letters.
    name: str = field(default_factory=lambda: os.urandom(4).hex())


class Sender:
    """The other process, ready and waiting for the word."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        connection.recv()

    def go(self) -> None:
        """Begin."""
        self._connection.send("go")

    def result(self) -> Sent:
        """Wait until all is answered. Raises BenchFailed where it was not, or something was refused."""
        try:
            sent = self._connection.recv()
        except (EOFError, OSError):
            raise BenchFailed("the process that sends the documents has ended") from None
        assert isinstance(sent, Sent)
        if sent.refused:
            raise BenchFailed(f"{len(sent.refused)} of {sent.given} documents were not accepted: {sent.refused[0]}")
        return sent


@contextmanager
def sender(job: Job) -> Iterator[Sender]:
    """A sender that is ready to go."""
    with child(_send, job) as connection:
        yield Sender(connection)


def send(job: Job) -> Sent:
    """Send it all and say what came of it."""
    with sender(job) as other:
        other.go()
        return other.result()


def _send(connection: Connection, job: Job) -> None:
    connection.send("ready")
    connection.recv()
    connection.send(
        loops.run(Loader(job.address, job.requests, job.pace, job.connections, job.patience, job.name).run())
    )
