"""A partner that takes whatever it gets, in a process of its own, as the measurement talks to it."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from typing import Any

from bus.bench import loops
from bus.bench.child import child
from bus.bench.failed import BenchFailed
from bus.bench.partner import Arrived, Partner

_LOOK = 0.05


class Sink:
    """The partner. It listens at ``host`` and ``port``."""

    def __init__(self, host: str, port: int, connection: Connection) -> None:
        self.host = host
        self.port = port
        self._connection = connection
        self.open()

    def open(self) -> None:
        """Take documents (again). Raises BenchFailed where its address cannot be had."""
        if problem := self._ask("open"):
            raise BenchFailed(f"cannot listen on {self.host}:{self.port}: {problem}")

    def refuse(self) -> None:
        """Hang up, and refuse connections from now on."""
        self._ask("refuse")

    def hang(self) -> None:
        """Take calls from now on and answer none, until it is opened again."""
        self._ask("hang")

    def count(self) -> int:
        """How many documents have arrived since :meth:`forget`."""
        return int(self._ask("count"))

    def arrived(self) -> Arrived:
        """What has arrived since :meth:`forget`."""
        arrived = self._ask("arrived")
        assert isinstance(arrived, Arrived)
        return arrived

    def forget(self) -> None:
        """Begin to count anew."""
        self._ask("forget")

    def cpu(self) -> float:
        """Seconds of processor time it has had."""
        return float(self._ask("cpu"))

    def wait_for(self, documents: int, patience: float = 120.0) -> None:
        """Wait until so many have arrived. Raises BenchFailed where none has come for ``patience`` seconds."""
        if (here := self.until(documents, patience)) < documents:
            raise BenchFailed(f"{here} of {documents} accepted documents arrived, and no more for {patience:.0f} s")

    def until(self, documents: int, patience: float) -> int:
        """Wait until so many have arrived, or none has come for ``patience`` seconds; how many there are."""
        before, since = -1, time.monotonic()
        while (here := self.count()) < documents and time.monotonic() < since + patience:
            if here > before:
                before, since = here, time.monotonic()
            time.sleep(_LOOK)
        return here

    def _ask(self, word: str) -> Any:
        try:
            self._connection.send(word)
            return self._connection.recv()
        except (EOFError, OSError):
            raise BenchFailed("the process that takes the documents has ended") from None


@contextmanager
def sink(host: str = "127.0.0.1", port: int = 0) -> Iterator[Sink]:
    """A partner that takes documents; at a free port where none is named."""
    port = port or free_port()
    with child(_serve, host, port) as connection:
        yield Sink(host, port, connection)


def free_port() -> int:
    """A port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _serve(connection: Connection, host: str, port: int) -> None:
    loops.run(Partner(connection, host, port).live())
