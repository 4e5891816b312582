"""A sender that costs little: raw HTTP over kept connections, one call at a time on each, from a process of its own."""

from __future__ import annotations

import asyncio
import hashlib
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from multiprocessing.connection import Connection

from adapters.vxp.signing import hash_file, sign
from bench.child import child
from bench.documents import RECIPIENT, SENDER, Series
from bench.home import KEY, SECRET, SYSTEM

CONNECTIONS = 32
_VIETNAM = timezone(timedelta(hours=7))
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_ID = re.compile(rb'"(?:id|DocId)":"([^"]+)"')


@dataclass(frozen=True, slots=True)
class Job:
    """So many documents to send. ``rate`` is documents a second; None: as fast as they are taken."""

    port: int
    door: str
    name: str
    documents: int
    size: int
    rate: float | None = None
    connections: int = CONNECTIONS


@dataclass(slots=True)
class Sent:
    """What came of it. Times are seconds of the machine's steady clock, the same in all processes."""

    began: float = 0.0
    ended: float = 0.0
    #: When each message was accepted, by its id, and how long its call took.
    accepted: dict[str, float] = field(default_factory=dict)
    seconds: list[float] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)

    @property
    def rate(self) -> float:
        """Documents accepted a second."""
        return len(self.accepted) / (self.ended - self.began)


class Sender:
    """The other process, with all its requests made and waiting for the word."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        connection.recv()

    def go(self) -> None:
        """Begin."""
        self._connection.send("go")

    def result(self) -> Sent:
        """Wait until all is sent. Raises RuntimeError where something was refused."""
        sent = self._connection.recv()
        if not isinstance(sent, Sent) or sent.refused:
            raise RuntimeError(f"not accepted: {sent.refused[:3] if isinstance(sent, Sent) else sent}")
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
    series = Series(job.size, job.name)
    requests = [_REQUEST[job.door](series.one(number)) for number in range(job.documents)]
    connection.send("ready")
    connection.recv()
    connection.send(asyncio.run(_all(job, requests)))


def _api(body: bytes) -> bytes:
    return _http("/api/v1/messages", {"X-Bus-Key": KEY}, body)


def _vxp(body: bytes) -> bytes:
    logical = {
        "systemid": SYSTEM,
        "from": SENDER,
        "to": RECIPIENT,
        "messagetype": "edoc",
        "servicetype": "eDoc",
        "timestamp": datetime.now(_VIETNAM).strftime("%Y/%m/%d %H:%M:%S"),
        "hash-file": hash_file(hashlib.sha256(body).hexdigest()),
    }
    return _http("/vxp/sendEdoc", sign(logical, SECRET.encode()), body)


_REQUEST = {"api": _api, "vxp": _vxp}


def _http(path: str, headers: dict[str, str], body: bytes) -> bytes:
    lines = [f"POST {path} HTTP/1.1", "Host: bus", *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join([*lines, f"Content-Length: {len(body)}", "", ""]).encode() + body


async def _all(job: Job, requests: list[bytes]) -> Sent:
    loop, sent = asyncio.get_running_loop(), Sent(began=time.monotonic())
    numbers = iter(range(len(requests)))
    callers = [_Caller(job, requests, numbers, sent) for _ in range(min(job.connections, len(requests)))]
    for caller in callers:
        await loop.create_connection(lambda caller=caller: caller, "127.0.0.1", job.port)  # type: ignore[misc]
    await asyncio.gather(*(caller.finished for caller in callers))
    sent.ended = time.monotonic()
    return sent


class _Caller(asyncio.Protocol):
    """One connection: sends the next document when the last was answered."""

    def __init__(self, job: Job, requests: list[bytes], numbers: Iterator[int], sent: Sent) -> None:
        self.finished: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._job = job
        self._requests = requests
        self._numbers = numbers
        self._sent = sent
        self._answer = b""
        self._since = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._next()

    def data_received(self, data: bytes) -> None:
        self._answer += data
        head, end, body = self._answer.partition(b"\r\n\r\n")
        length = _LENGTH.search(head)
        if end and len(body) >= (int(length[1]) if length else 0):
            self._answered(head, body)

    def connection_lost(self, _error: Exception | None) -> None:
        if not self.finished.done():
            self._sent.refused.append("connection lost")
            self.finished.set_result(None)

    def _next(self) -> None:
        number = next(self._numbers, None)
        if number is None:
            self.finished.set_result(None)
            self._transport.close()
            return
        wait = self._sent.began + number / self._job.rate - time.monotonic() if self._job.rate else 0.0
        if wait > 0:
            asyncio.get_running_loop().call_later(wait, self._put, number)
        else:
            self._put(number)

    def _put(self, number: int) -> None:
        self._since = time.monotonic()
        self._transport.write(self._requests[number])

    def _answered(self, head: bytes, body: bytes) -> None:
        now, self._answer = time.monotonic(), b""
        found = _ID.search(body)
        if head[9:12] in (b"200", b"202") and found:
            self._sent.accepted[found[1].decode()] = now
            self._sent.seconds.append(now - self._since)
        else:
            self._sent.refused.append((head + body)[:300].decode("utf-8", "replace"))
        self._next()
