"""Calls side by side: each ends by itself, none waits for another, and who breaks off hears nothing more.

What a single call does is the transport contract's; ``FastTransport`` makes each of its calls by the same code.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import replace

import pytest

from bus.errors import OutcomeUnknown, Unreachable
from bus.transport import Ended, Request, Response
from bus.transport.side_by_side import SideBySide
from tests.contracts.raw_server import (
    OK,
    Connection,
    RawServer,
    answers,
    body_of,
    nobody_accepts,
    post,
    reads_and_is_silent,
)
from tests.contracts.transport_tls import TlsContract

PATIENCE = 20.0


class TestTrust(TlsContract):
    """Calls under other trust share nothing, though one thing carries them all."""

    @pytest.fixture
    def transport(self, exchange: SideBySide) -> SideBySide:
        return exchange


@pytest.fixture
def exchange() -> Iterator[SideBySide]:
    made = SideBySide()
    yield made
    made.close()


def until(exchange: SideBySide, ended: dict[str, Ended], count: int) -> None:
    """Step until so many calls have ended."""
    deadline = time.monotonic() + PATIENCE
    while len(ended) < count:
        assert time.monotonic() < deadline, ended
        exchange.step(PATIENCE)


def echoes(connection: Connection) -> None:
    while True:
        body = body_of(connection.request())
        connection.send(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))


def test_many_calls_at_once_have_their_own_answers(exchange: SideBySide) -> None:
    """A hundred calls begun before any is moved: each gets what was answered to it."""
    ended: dict[str, Ended] = {}
    with RawServer(echoes) as server:
        for number in range(100):
            name = str(number)
            request = replace(post(server, name.encode() * 1000), idle_timeout=PATIENCE)
            exchange.begin(request, lambda end, name=name: ended.update({name: end}))
        until(exchange, ended, 100)
    assert {name: end.body for name, end in ended.items() if isinstance(end, Response)} == {
        str(number): str(number).encode() * 1000 for number in range(100)
    }


def test_a_silent_partner_delays_no_other(exchange: SideBySide) -> None:
    """While one call hangs, others begin and end; it ends by itself when its time is over."""
    ended: dict[str, Ended] = {}
    with RawServer(reads_and_is_silent) as silent, RawServer(answers()) as server:
        exchange.begin(post(silent), lambda end: ended.update(silent=end))
        for number in range(5):
            exchange.begin(post(server), lambda end, number=number: ended.update({str(number): end}))
            until(exchange, ended, number + 1)
        assert "silent" not in ended
        until(exchange, ended, 6)
    assert isinstance(ended["silent"], OutcomeUnknown)


def test_time_in_all_is_bounded(exchange: SideBySide) -> None:
    """A partner that keeps a call alive byte by byte is given up when the whole time is over."""
    ended: dict[str, Ended] = {}
    stopped = threading.Event()

    def trickles(connection: Connection) -> None:
        connection.request()
        connection.send(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
        while not stopped.wait(0.02):
            connection.send(b"x")

    with RawServer(trickles) as server:
        exchange.begin(
            Request("POST", server.url(), body=b"x", idle_timeout=PATIENCE, total_timeout=0.3),
            lambda end: ended.update(slow=end),
        )
        until(exchange, ended, 1)
        stopped.set()
    assert isinstance(ended["slow"], OutcomeUnknown)


def test_what_cannot_be_connected_to_is_said_beside_others(exchange: SideBySide) -> None:
    """A full backlog of one partner is that partner's trouble."""
    ended: dict[str, Ended] = {}
    with nobody_accepts() as url, RawServer(answers()) as server:
        exchange.begin(Request("POST", url, body=b"x", connect_timeout=0.2), lambda end: ended.update(deaf=end))
        exchange.begin(post(server), lambda end: ended.update(well=end))
        until(exchange, ended, 2)
    assert isinstance(ended["deaf"], Unreachable)
    assert not isinstance(ended["deaf"], OutcomeUnknown)
    assert isinstance(ended["well"], Response)


def test_a_new_call_may_begin_where_one_ends(exchange: SideBySide) -> None:
    """Who hears of an end may begin the next call there and then; a kept connection serves both."""
    ended: dict[str, Ended] = {}
    with RawServer(answers(OK)) as server:

        def again(end: Ended) -> None:
            ended["first"] = end
            exchange.begin(post(server), lambda end: ended.update(second=end))

        exchange.begin(post(server), again)
        until(exchange, ended, 2)
        assert server.connections == 1


def test_a_call_after_a_good_one_is_judged_by_itself(exchange: SideBySide) -> None:
    """What left by an earlier call on the same handle says nothing of this one: nobody listens any more, so nothing left."""
    ended: dict[str, Ended] = {}
    with RawServer(answers(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")) as server:
        request = post(server)
        exchange.begin(request, lambda end: ended.update(well=end))
        until(exchange, ended, 1)
    exchange.begin(request, lambda end: ended.update(gone=end))
    until(exchange, ended, 2)
    assert isinstance(ended["gone"], Unreachable)
    assert not isinstance(ended["gone"], OutcomeUnknown)


def test_an_answer_belongs_to_one_call(exchange: SideBySide) -> None:
    """Calls one after another on one handle, each with an answer of its own length, and one too long between them."""
    ended: dict[str, Ended] = {}
    with RawServer(echoes) as server:
        for number, size in enumerate((10, 2000, 5), 1):
            request = replace(post(server, b"x" * size), max_answer=1000)
            exchange.begin(request, lambda end, size=size: ended.update({str(size): end}))
            until(exchange, ended, number)
    assert [end.body if isinstance(end, Response) else type(end) for end in ended.values()] == [
        b"x" * 10,
        OutcomeUnknown,
        b"x" * 5,
    ]


def test_what_was_rung_before_waiting_is_heard(exchange: SideBySide) -> None:
    """A step that follows a ring does not wait, and one ring is heard once."""
    exchange.wake()
    exchange.wake()
    began = time.monotonic()
    exchange.step(PATIENCE)
    assert time.monotonic() - began < PATIENCE

    caller = threading.Timer(0.05, exchange.wake)
    caller.start()
    exchange.step(PATIENCE)
    caller.join()


def test_closing_breaks_off_without_a_word(exchange: SideBySide) -> None:
    """What is under way is broken off, nobody is told, and closing twice does no harm."""
    ended: dict[str, Ended] = {}
    with RawServer(reads_and_is_silent) as server:
        exchange.begin(post(server), lambda end: ended.update(one=end))
        exchange.step(0.0)
        exchange.close()
        exchange.close()
    assert ended == {}
