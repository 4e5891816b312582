"""Work in a process of its own: started fresh, told nothing by Ctrl-C, and gone when the block ends."""

from __future__ import annotations

import multiprocessing
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from typing import Any

_SPAWN = multiprocessing.get_context("spawn")


@contextmanager
def child(work: Callable[..., None], *arguments: Any) -> Iterator[Connection]:
    """Run ``work(connection, *arguments)`` beside this process; yields our end of the connection."""
    ours, theirs = _SPAWN.Pipe()
    process = _SPAWN.Process(target=work, args=(theirs, *arguments), daemon=True)
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})  # inherited, from the child's first instruction
    process.start()
    signal.pthread_sigmask(signal.SIG_SETMASK, mask)
    theirs.close()
    try:
        yield ours
    finally:
        ours.close()
        process.join(0.5)
        process.kill()
        process.join()


def answer(work: Callable[..., Any], *arguments: Any) -> Any:
    """What ``work(*arguments)`` gives, worked out in a process of its own."""
    with child(_answering, work, arguments) as connection:
        return connection.recv()


def _answering(connection: Connection, work: Callable[..., Any], arguments: tuple[Any, ...]) -> None:
    connection.send(work(*arguments))
