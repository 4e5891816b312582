"""A connection's manners are the same on the road past ASGI and on the other: one handler is asked over both."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from bus.connection import Bounds
from bus.listener import Server
from bus.whole import SMALL, Answer, Whole
from tests.wires import PATIENCE, Wire, exchanged, request, wire

#: The same call, with and without ASGI.
DIRECT, BY_ASGI = "/hot", "/hot?"


@dataclass
class House:
    """One handler behind both roads; ``roads`` has by which each call came."""

    roads: list[str] = field(default_factory=list)
    #: Set when a call has come, and by the test when it may be answered.
    came: threading.Event = field(default_factory=threading.Event)
    may_answer: threading.Event = field(default_factory=threading.Event)

    async def direct(self, call: Whole) -> Answer:
        self.roads.append("direct")
        return await self._answer(call)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.roads.append("asgi")
        self.came.set()
        asked = Request(scope, receive)
        call = Whole(scope["headers"], scope["client"][0], await asked.body())
        status, headers, body = await self._answer(call)
        await Response(body, status, headers)(scope, receive, send)

    async def _answer(self, call: Whole) -> Answer:
        if call.body == b"fail":
            raise RuntimeError("as nobody foresaw")
        if call.body == b"wait":
            self.came.set()
            await asyncio.to_thread(self.may_answer.wait, PATIENCE)
        told = b"%b from %b" % (call.body[:100], call.address.encode())
        return 202, {"location": "/there", "content-type": "text/plain"}, told


@contextmanager
def open_house(house: House) -> Iterator[Server]:
    def refuse(_rejection: object, _path: str) -> Answer:
        return 431, {}, b""

    bounds = Bounds(refuse, 4096, 10)
    server = Server.on_address(house, ("127.0.0.1", 0), bounds, answering={DIRECT.encode(): house.direct})
    server.start()
    try:
        yield server
    finally:
        house.may_answer.set()
        server.stop()


Ask = Callable[[bytes], tuple[bytes, bytes, list[str]]]


@pytest.fixture(scope="module")
def over_both() -> Iterator[Ask]:
    """Gives the answers to a request for ``DIRECT`` over either road, and which these were."""
    house = House()
    with open_house(house) as server:

        def ask(said: bytes) -> tuple[bytes, bytes, list[str]]:
            house.roads.clear()
            first = exchanged(server.port, said)
            second = exchanged(server.port, said.replace(DIRECT.encode(), BY_ASGI.encode(), 1))
            return first, second, house.roads

        yield ask


@pytest.mark.parametrize("body", [b"", b"a document", b"x" * SMALL, b"fail"], ids=["none", "small", "largest", "fails"])
@pytest.mark.parametrize("lines", [[], ["Connection: close"], ["Connection: keep-alive"]])
def test_an_answer_is_the_same_on_both_roads(over_both: Ask, body: bytes, lines: list[str]) -> None:
    """To the byte, also where the handler fails and where the caller wants the connection closed."""
    first, second, roads = over_both(request(DIRECT, body, *lines))

    assert first == second
    assert first.startswith(b"HTTP/1.1 500" if body == b"fail" else b"HTTP/1.1 202")
    # A large one need not come in one piece.
    assert roads == ["direct", "asgi"] or (len(body) == SMALL and roads == ["asgi", "asgi"])


@pytest.mark.parametrize(
    "said",
    [
        request(DIRECT, b"x" * (SMALL + 1)),
        request(DIRECT, b"document").replace(b"HTTP/1.1", b"HTTP/1.0", 1),
        request(DIRECT, b"document").replace(b"POST", b"PUT", 1),
        request(DIRECT, b"document", "Connection: upgrade", "Upgrade: other"),
        b"POST /hot HTTP/1.1\r\nhost: bus\r\ntransfer-encoding: chunked\r\n\r\n8\r\ndocument\r\n0\r\n\r\n",
        b"POST /hot HTTP/1.1\r\nhost: bus\r\n\r\n",
    ],
    ids=["large", "1.0", "method", "upgrade", "chunked", "no length"],
)
def test_what_is_not_plain_goes_by_asgi(over_both: Ask, said: bytes) -> None:
    """As it went before there was another road, and is answered so."""
    first, second, roads = over_both(said)

    assert first == second
    assert b"HTTP/1.1 202" in first
    assert roads == ["asgi", "asgi"]


def test_who_asks_first_is_told_to_go_on() -> None:
    """A caller that waits for 100 is not left waiting for it."""
    house = House()
    with open_house(house) as server, wire(server.port) as connection:
        said = request(DIRECT, b"document", "Expect: 100-continue")
        connection.say(said.removesuffix(b"document"))
        assert connection.head() == b"HTTP/1.1 100 Continue\r\n\r\n"
        connection.say(b"document")
        assert connection.hear().endswith(b"document from 127.0.0.1")

    assert house.roads == ["asgi"]


@pytest.mark.parametrize("here", [0, 3])
def test_a_body_that_is_not_all_there_goes_by_asgi(here: int) -> None:
    """Nothing of what had come is lost."""
    house = House()
    with open_house(house) as server, wire(server.port) as connection:
        said = request(DIRECT, b"document")
        end = len(said) - len(b"document") + here
        connection.say(said[:end])
        assert house.came.wait(PATIENCE)
        connection.say(said[end:])
        assert connection.hear().endswith(b"document from 127.0.0.1")

    assert house.roads == ["asgi"]


def test_a_connection_serves_one_call_after_another() -> None:
    """On whichever road each goes."""
    house = House()
    with open_house(house) as server, wire(server.port) as connection:
        for number, path in enumerate([DIRECT, BY_ASGI, DIRECT, DIRECT]):
            connection.say(request(path, b"document %d" % number))
            assert connection.hear().endswith(b"document %d from 127.0.0.1" % number)

    assert house.roads == ["direct", "asgi", "direct", "direct"]


@pytest.mark.parametrize("path", [DIRECT, BY_ASGI])
def test_calls_that_come_at_once_are_answered_in_their_order(path: str) -> None:
    """One that waits is not overtaken by what was sent behind it, and what comes after them finds its road again."""
    house = House()
    with open_house(house) as server, wire(server.port) as connection:
        connection.say(b"".join([request(path, b"wait"), request(DIRECT, b"second"), request(DIRECT, b"third")]))
        assert house.came.wait(PATIENCE)
        house.may_answer.set()
        answers = [connection.hear().rpartition(b"\r\n")[2] for _ in range(3)]
        connection.say(request(DIRECT, b"fourth"))
        answers.append(connection.hear().rpartition(b"\r\n")[2])

    assert answers == [b"%b from 127.0.0.1" % one for one in (b"wait", b"second", b"third", b"fourth")]
    assert house.roads[-1] == "direct"


@pytest.mark.parametrize("path", [DIRECT, BY_ASGI])
def test_a_call_under_way_is_answered_when_the_server_ends(path: str) -> None:
    """And told that the connection ends with it; a connection without one is closed."""
    house = House()
    with open_house(house) as server, wire(server.port) as busy, wire(server.port) as idle:
        answer_one(idle, path)
        busy.say(request(path, b"wait"))
        assert house.came.wait(PATIENCE)
        server.end()
        assert idle.ended()
        house.may_answer.set()
        assert b"connection: close\r\n" in busy.hear()
        assert busy.ended()


def answer_one(connection: Wire, path: str) -> None:
    connection.say(request(path, b"document"))
    assert connection.hear().startswith(b"HTTP/1.1 202")


@pytest.mark.parametrize("path", [DIRECT, BY_ASGI])
def test_who_goes_before_the_answer_harms_nobody(path: str) -> None:
    """Its call is seen to the end, and the next caller is served."""
    house = House()
    with open_house(house) as server:
        with wire(server.port) as gone:
            gone.say(request(path, b"wait"))
            assert house.came.wait(PATIENCE)
        with wire(server.port) as other:
            answer_one(other, path)
            house.may_answer.set()
            answer_one(other, path)
