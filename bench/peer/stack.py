"""The peer: uvicorn with FastAPI, RabbitMQ, dramatiq's workers; each in processes of its own."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import kombu

from bench.peer import processor
from bench.peer.side import Side
from bench.peer.tools import KEY, PATH, RECIPIENT, free_port

_ROOT = Path(__file__).parents[2]
_CODE = _ROOT / "tests" / "bench" / "peer"
#: Of its own Python: `make bench` puts it there.
_COMMANDS = _ROOT / ".venv-peer" / "bin"
_QUEUE = "bench-peer"
#: A second process of workers, or of uvicorn, was no faster on two cores: RabbitMQ works there too.
_WORKERS = "dramatiq tasks --processes 1 --threads 8"
_START, _STOP = 30.0, 20.0


@contextmanager
def running(broker_url: str, sink_port: int) -> Iterator[Side]:
    """The peer, ready and delivering to this port, its queue empty. Raises RuntimeError where it does not start."""
    port = free_port()
    settings = {
        "PEER_BROKER_URL": broker_url,
        "PEER_QUEUE": _QUEUE,
        "PEER_API_KEY": KEY,
        "PEER_ROUTES": json.dumps({RECIPIENT: f"http://127.0.0.1:{sink_port}{PATH}"}),
    }
    with _empty_queue(broker_url), tempfile.NamedTemporaryFile() as log:
        said = Path(log.name)
        with _process(_WORKERS, settings, said) as workers, _process(_server(port), settings, said) as server:
            _wait_for(port, (workers, server), said)
            pids = {"uvicorn": server.pid, "dramatiq": workers.pid, "RabbitMQ": processor.rabbitmq()}
            yield Side("peer", port, pids)


def _server(port: int) -> str:
    return f"uvicorn app:app --port {port} --loop uvloop --http httptools --no-access-log --log-level warning"


@contextmanager
def _empty_queue(url: str) -> Iterator[None]:
    """Nothing of a run that was broken off, and nothing left behind."""
    with kombu.Connection(url) as connection:
        _delete_queues(connection)
    yield
    with kombu.Connection(url) as connection:
        _delete_queues(connection)


def _delete_queues(connection: kombu.Connection) -> None:
    """All three of them: what is due, what is to be tried later, what died."""
    for kind in ("", ".DQ", ".XQ"):
        connection.default_channel.queue_delete(_QUEUE + kind)


@contextmanager
def _process(command: str, settings: Mapping[str, str], said: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A process in a session of its own, with all it starts; it is gone when the block ends."""
    program, *arguments = command.split()
    with said.open("ab") as log:
        process = subprocess.Popen(  # noqa: S603
            [_COMMANDS / program, *arguments],
            cwd=_CODE, env={**os.environ, **settings}, stdout=log, stderr=log, start_new_session=True,
        )  # fmt: skip
    try:
        yield process
    finally:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(_STOP)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _wait_for(port: int, processes: Sequence[subprocess.Popen[bytes]], said: Path) -> None:
    deadline = time.monotonic() + _START
    while not _listens(port):
        if any(process.poll() is not None for process in processes) or time.monotonic() > deadline:
            raise RuntimeError(f"the peer did not start: {said.read_text(encoding='utf-8', errors='replace')[-2000:]}")
        time.sleep(0.05)


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
