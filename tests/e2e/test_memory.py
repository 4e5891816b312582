"""Memory under a hostile mix of sizes: bounded, and small documents are answered meanwhile."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from adapters.rest.sandbox import RestSandbox
from tests.e2e import accounts, places, pressing
from tests.e2e.conftest import Begin
from tests.e2e.partners import Broken, document
from tests.e2e.places import FETCHER, SECRETS, Place

pytestmark = [pytest.mark.long, pytest.mark.timeout(900)]

_MB = 1 << 20
#: What the bus may take beyond what it had at its start.
_BOUND = 300 * _MB
_SMALL_ONES, _STOPPED, _SLOW = 200, 200, 40
_SIZES = (1 << 10, 20 << 10, 300 << 10, _MB, 10 * _MB, 60 * _MB, 100 * _MB)


@dataclass(frozen=True, slots=True)
class OpenPlace(Place):
    """A home with a bound on bodies that the largest documents here just keep."""

    @property
    def environment(self) -> Mapping[str, str]:
        return {"BUS_MAX_BYTES": "150MB", "BUS_LEASE": "10m"}


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    sandbox = RestSandbox()
    sandbox.start()
    made = places.make(tmp_path, sandbox)
    yield OpenPlace(made.folder, made.sandbox, made.port)
    sandbox.stop()


@cache
def body(size: int) -> bytes:
    """A document with an attachment of so many bytes."""
    return document(f"size-{size}", FETCHER, size=size).body


def head(length: int | None) -> bytes:
    """The head of a request whose body has so many bytes, or is sent in pieces."""
    framing = "Transfer-Encoding: chunked" if length is None else f"Content-Length: {length}"
    return (
        f"POST /api/v1/messages HTTP/1.1\r\nHost: bus\r\nX-Bus-Key: {SECRETS['sender']}\r\n{framing}\r\n\r\n".encode()
    )


def begun(place: Place, length: int | None, first: bytes = b"") -> socket.socket:
    """A connection on which a body was begun; what the bus does not take is not waited for."""
    connection = socket.create_connection(("127.0.0.1", place.port), timeout=60)
    connection.sendall(head(length))
    connection.setblocking(False)
    trickle(connection, first)
    return connection


def trickle(connection: socket.socket, data: bytes) -> None:
    """Send what goes just now."""
    try:
        connection.send(data)
    except (BlockingIOError, *Broken):
        return


def trickle_all(connections: Sequence[socket.socket]) -> None:
    """A little more on each."""
    for connection in connections:
        trickle(connection, bytes(16 << 10))


def whole(place: Place, data: bytes) -> int:
    """The status of the answer to a body that is sent whole; 0 where the bus hung up on the sender."""
    try:
        return pressing.post(place, "/api/v1/messages", {"X-Bus-Key": SECRETS["sender"]}, data).status
    except Broken:
        return 0


def in_pieces(place: Place, data: bytes, times: int) -> None:
    """A body whose size nobody announces, sent on until the bus has heard enough."""
    try:
        with socket.create_connection(("127.0.0.1", place.port), timeout=60) as connection:
            connection.sendall(head(None))
            for _ in range(times):
                connection.sendall(b"%x\r\n%b\r\n" % (len(data), data))
    except Broken:
        return


@contextmanager
def again_and_again(act: Callable[[], object]) -> Iterator[None]:
    """On a thread, until it is over."""
    over = threading.Event()

    def work() -> None:
        while not over.is_set():
            act()

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


@contextmanager
def hostile(place: Place) -> Iterator[None]:
    """Everybody at once: large ones, slow ones, some that stop, some too large, some that are no XML."""
    large = body(100 * _MB)
    with ExitStack() as crowd:
        for _ in range(_STOPPED):
            crowd.enter_context(begun(place, len(large), large[: 700 << 10]))
        slow = [crowd.enter_context(begun(place, len(large), large[:1000])) for _ in range(_SLOW)]
        acts: list[Callable[[], object]] = [
            *(lambda size=size: whole(place, body(size)) for size in _SIZES for _ in range(2)),
            lambda: in_pieces(place, large[:_MB], 200),
            lambda: whole(place, bytes(200 * _MB)),
            lambda: whole(place, large[: 10 * _MB] + b"<" * 10 * _MB),
            lambda: trickle_all(slow),
        ]
        for act in acts:
            crowd.enter_context(again_and_again(act))
        yield


def test_a_hostile_mix_of_sizes(place: Place, begin: Begin) -> None:
    """The bus takes no more than so much memory; whoever sends a small document has a receipt each time."""
    for size in _SIZES:
        body(size)
    life = begin()
    assert whole(place, body(20 << 10)) == 202
    before = life.peak
    with hostile(place):
        small = [document(f"small-{number}", FETCHER) for number in range(_SMALL_ONES)]
        answers = [pressing.attempt(place, paper) for paper in small]
        life.until(lambda: whole(place, body(100 * _MB)) == 202, "the largest had found its way in")
    assert {answer.status for answer in answers} == {202}
    assert life.peak - before < _BOUND, f"{(life.peak - before) >> 20} MB"
    accounts.balanced(life)
