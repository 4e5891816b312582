"""The bus: ``bus run`` as it comes, with its journal in a folder that goes away."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from bench import home, process
from bench.peer.side import Side


@contextmanager
def running(sink_port: int) -> Iterator[Side]:
    """A daemon that is ready and delivers to this port."""
    with home.place(home.to_sink(sink_port)) as where, process.running(where) as daemon:
        yield Side("bus", where.port, {"daemon": daemon.pid})
