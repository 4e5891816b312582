"""The bus: ``bus run`` as it comes, with its journal in a folder that goes away."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from bench.peer.side import Side
from bench.peer.tools import daemon


@contextmanager
def running(sink_port: int) -> Iterator[Side]:
    """A daemon that is ready and delivers to this port."""
    with daemon(sink_port) as ours:
        yield Side("bus", ours.port, {"daemon": ours.pid})
