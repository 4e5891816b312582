"""What every transport promises, over real sockets. A test file gives the ``transport`` fixture."""

from __future__ import annotations

import threading
import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from bus.errors import FailureClass, OutcomeUnknown, Rejected, Unreachable
from bus.message import Claim
from bus.transport import Request, Transport
from tests.contracts.raw_server import (
    BODY,
    OK,
    Behaviour,
    Connection,
    RawServer,
    answer_of,
    answers,
    answers_then,
    body_of,
    claim,
    hangs_up,
    nobody_accepts,
    post,
    reads_and_breaks_off,
    reads_and_hangs_up,
    reads_and_is_silent,
)
from tests.contracts.transport_tls import TlsContract

MB = 1 << 20


class Requests:
    """What leaves, and what comes back."""

    @pytest.mark.parametrize("size", [0, 1, 20_000, 3 * MB])
    @pytest.mark.parametrize("stored", [True, False])
    def test_body_arrives_unchanged(self, transport: Transport, size: int, stored: bool) -> None:
        """Bytes out are bytes in, with their exact length announced, from memory and from a claim."""
        data = bytes(range(256)) * (size // 256) + b"\x00" * (size % 256)
        with RawServer(answers()) as server:
            response = transport.call(post(server, claim(data) if stored else data))
        assert response.status == 200
        assert body_of(server.requests[0]) == data
        assert b"\r\ncontent-length: %d\r\n" % size in server.requests[0].lower()

    def test_body_streams_from_a_file(self, transport: Transport, tmp_path: Path) -> None:
        """A large file goes out without ever standing in memory."""
        size, seen = 64 * MB, []
        path = tmp_path / "body"
        with path.open("wb") as file:
            file.truncate(size)

        def drains(connection: Connection) -> None:
            seen.append(sum(len(piece) for piece in connection.pieces()))
            connection.send(OK)

        with RawServer(drains) as server:
            tracemalloc.start()
            transport.call(replace(post(server, Claim("", size, path=path)), idle_timeout=60.0))
            _, peak = tracemalloc.get_traced_memory()
            tracemalloc.stop()
        assert seen == [size]
        assert peak < 4 * MB

    def test_nothing_is_added_that_changes_the_call(self, transport: Transport) -> None:
        """No Expect, no form content type, no wish for a compressed answer; our headers as written."""
        with RawServer(answers()) as server:
            request = Request("POST", server.url(), {"X-Bus-Key": "k v", "X-Empty": ""}, b"x" * 2 * MB)
            transport.call(request)
        head = server.requests[0].partition(b"\r\n\r\n")[0].lower() + b"\r\n"
        assert b"expect:" not in head
        assert b"content-type:" not in head
        assert b"gzip" not in head
        assert b"\r\nx-bus-key: k v\r\n" in head
        assert b"\r\nx-empty:" in head

    @pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "POST"])
    def test_method_is_sent_as_given(self, transport: Transport, method: str) -> None:
        """Any method, also without a body."""
        with RawServer(answers(b"HTTP/1.1 204 No Content\r\n\r\n")) as server:
            response = transport.call(Request(method, server.url("/a/../b?c=%20")))
        assert response.status == 204
        assert response.body == b""
        assert server.requests[0].startswith(method.encode() + b" ")

    def test_answer_is_given_whole(self, transport: Transport) -> None:
        """Status, headers by lower-case name with repeated ones joined, and the raw body."""
        answer = b"HTTP/1.1 409 No\r\nX-A: 1\r\nx-a: 2\r\nRetry-After:  7 \r\nContent-Length: 3\r\n\r\na\x00b"
        with RawServer(answers(answer)) as server:
            response = transport.call(post(server))
        assert (response.status, response.body) == (409, b"a\x00b")
        assert response.headers["x-a"] == "1, 2"
        assert response.headers["retry-after"] == "7"

    def test_interim_answer_is_skipped(self, transport: Transport) -> None:
        """100 Continue is no answer, and none of its headers are."""
        with RawServer(answers(b"HTTP/1.1 100 Continue\r\nX-Interim: 1\r\n\r\n" + OK)) as server:
            response = transport.call(post(server))
        assert (response.status, response.body) == (200, b"{}")
        assert "x-interim" not in response.headers

    def test_compressed_answer_stays_as_it_is(self, transport: Transport) -> None:
        """Nothing is unpacked: the bound on answers counts what is kept."""
        answer = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc"
        with RawServer(answers(answer)) as server:
            assert transport.call(post(server)).body == b"abc"

    def test_redirect_is_an_answer(self, transport: Transport) -> None:
        """Documents go where the operator said and nowhere else."""
        with RawServer(answers()) as elsewhere:
            answer = f"HTTP/1.1 307 Go\r\nLocation: {elsewhere.url()}\r\nContent-Length: 0\r\n\r\n"
            with RawServer(answers(answer.encode())) as server:
                assert transport.call(post(server)).status == 307
        assert elsewhere.requests == []

    def test_cookies_are_not_kept(self, transport: Transport) -> None:
        """A partner cannot mark us from one call to the next."""
        answer = b"HTTP/1.1 200 OK\r\nSet-Cookie: a=b\r\nContent-Length: 0\r\n\r\n"
        with RawServer(answers(answer)) as server:
            transport.call(post(server))
            transport.call(post(server))
        assert b"cookie" not in server.requests[1].lower()

    def test_environment_is_not_asked(self, transport: Transport, monkeypatch: pytest.MonkeyPatch) -> None:
        """A proxy set for the machine's users gets no document."""
        with RawServer(answers()) as proxy, RawServer(answers()) as server:
            for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
                monkeypatch.setenv(name, proxy.url(""))
            assert transport.call(post(server)).status == 200
        assert proxy.requests == []

    @pytest.mark.parametrize("value", ["a\r\nX-Evil: 1", "a\nb", "é", "\x00"])
    def test_header_cannot_start_another(self, transport: Transport, value: str) -> None:
        """A value with a line break in it never reaches the wire."""
        with RawServer(answers()) as server, pytest.raises(ValueError, match="X-Bus-Recipient"):
            transport.call(Request("POST", server.url(), {"X-Bus-Recipient": value}, BODY))
        assert server.requests == []


class Failures:
    """Nothing of the library's own errors comes out, and what may have been carried out is never called undone."""

    @pytest.mark.parametrize("behaviour", [hangs_up, reads_and_hangs_up, reads_and_breaks_off, reads_and_is_silent])
    def test_lost_answer_is_an_unknown_outcome(self, transport: Transport, behaviour: Behaviour) -> None:
        """Once a byte may have left, only the partner knows; and the request goes out once."""
        with RawServer(behaviour) as server, pytest.raises(OutcomeUnknown) as caught:
            transport.call(post(server))
        assert caught.value.failure is FailureClass.TIMEOUT_AFTER_SEND
        assert caught.value.words
        assert server.connections == 1

    @pytest.mark.parametrize("answer", [b"no such protocol\r\n\r\n", b"HTTP/1.1 abc\r\n\r\n", b"\x00\xff" * 100])
    def test_garbage_is_an_unknown_outcome(self, transport: Transport, answer: bytes) -> None:
        """An answer that cannot be read says nothing about what was done."""

        def babbles(connection: Connection) -> None:
            connection.request()
            connection.send(answer)

        with RawServer(babbles) as server, pytest.raises(OutcomeUnknown):
            transport.call(post(server))
        assert len(server.requests) == 1

    @pytest.mark.parametrize("behaviour", [reads_and_hangs_up, reads_and_is_silent])
    @pytest.mark.parametrize("body", [BODY, b"", None])
    def test_kept_connection_that_dies_sends_nothing_twice(
        self, transport: Transport, behaviour: Behaviour, body: bytes | None
    ) -> None:
        """A server that hangs up on a kept connection after reading gets no second request from the library."""
        with RawServer(answers_then(1, behaviour)) as server:
            transport.call(post(server, b"first"))
            # Without a body it may be given a connection of its own, and an answer there.
            with pytest.raises(OutcomeUnknown) if body else suppress(OutcomeUnknown):
                transport.call(post(server, body))
        assert len(server.requests) == 2

    @pytest.mark.parametrize("behaviour", [reads_and_hangs_up, reads_and_breaks_off, reads_and_is_silent])
    def test_lost_answer_to_a_question(self, transport: Transport, behaviour: Behaviour) -> None:
        """Without a body it is the same; the caller knows which of its questions it may repeat."""
        with RawServer(behaviour) as server, pytest.raises(OutcomeUnknown):
            transport.call(Request("GET", server.url(), idle_timeout=0.2))
        assert len(server.requests) == 1

    def test_partner_that_stops_reading_is_given_up(self, transport: Transport, tmp_path: Path) -> None:
        """A body that nobody takes does not hold the caller."""
        path = tmp_path / "body"
        with path.open("wb") as file:
            file.truncate(64 * MB)

        stopped = threading.Event()

        def reads_the_head(connection: Connection) -> None:
            connection.head()
            stopped.wait()

        with RawServer(reads_the_head) as server:
            request = replace(post(server, Claim("", 64 * MB, path=path)), connect_timeout=0.5)
            with pytest.raises(OutcomeUnknown):
                transport.call(request)
            stopped.set()

    def test_too_large_an_answer_is_given_up(self, transport: Transport) -> None:
        """The bound is exact, and beyond it nobody knows what was answered."""
        with RawServer(answer_of(1000)) as server:
            assert len(transport.call(replace(post(server), max_answer=1000)).body) == 1000
            with pytest.raises(OutcomeUnknown, match="too large"):
                transport.call(replace(post(server), max_answer=999))

    def test_taken_answer_is_not_kept(self, transport: Transport) -> None:
        """An answer that somebody takes goes through in pieces, whole and in order, and stays in nobody's memory."""
        sizes: list[int] = []
        with RawServer(answer_of(16 * MB)) as server:
            told = replace(post(server), max_answer=16 * MB, into=lambda piece: sizes.append(len(piece)))
            tracemalloc.start()
            answer = transport.call(told)
            _, peak = tracemalloc.get_traced_memory()
            tracemalloc.stop()
        assert (answer.status, answer.body, sum(sizes)) == (200, b"", 16 * MB)
        assert peak < 4 * MB

    def test_taker_may_refuse(self, transport: Transport) -> None:
        """What the taker of an answer raises ends the call and comes out of it; the next call is well."""

        def refuse(_piece: bytes) -> None:
            raise Rejected("body.too_large")

        with RawServer(answer_of(MB)) as server:
            with pytest.raises(Rejected):
                transport.call(replace(post(server), max_answer=MB, into=refuse))
            assert len(transport.call(replace(post(server), max_answer=MB)).body) == MB

    def test_endless_answer_is_given_up(self, transport: Transport) -> None:
        """An answer without an end is read to the bound and no further."""

        def floods(connection: Connection) -> None:
            connection.request()
            connection.send(b"HTTP/1.1 200 OK\r\n\r\n")
            while True:
                connection.send(b"x" * 65536)

        with RawServer(floods) as server, pytest.raises(OutcomeUnknown, match="too large"):
            transport.call(post(server))

    def test_too_large_headers_are_given_up(self, transport: Transport) -> None:
        """Headers have a bound of their own."""
        answer = b"HTTP/1.1 200 OK\r\n" + b"X-A: %s\r\n" % (b"x" * 8000) * 20 + b"Content-Length: 0\r\n\r\n"
        with RawServer(answers(answer)) as server, pytest.raises(OutcomeUnknown, match="too large"):
            transport.call(post(server))

    @pytest.mark.parametrize("body", [BODY, None])
    def test_nobody_listens(self, transport: Transport, body: bytes | None) -> None:
        """A refused connection is ``connect``: nothing was done there."""
        with RawServer(answers()) as server:
            gone = post(server, body)
        with pytest.raises(Unreachable) as caught:
            transport.call(gone)
        assert not isinstance(caught.value, OutcomeUnknown)
        assert caught.value.failure is FailureClass.CONNECT

    def test_connecting_takes_too_long(self, transport: Transport) -> None:
        """Time that runs out before anything left is ``timeout_before_send``."""
        with nobody_accepts() as url, pytest.raises(Unreachable) as caught:
            transport.call(Request("POST", url, body=BODY, connect_timeout=0.2))
        assert caught.value.failure is FailureClass.TIMEOUT_BEFORE_SEND

    @pytest.mark.parametrize("url", ["ftp://127.0.0.1/a", "file:///etc/passwd", "http://", "edoc", "http://[::1/", ""])
    def test_only_http_leaves(self, transport: Transport, url: str) -> None:
        """Anything but an http or https URL goes nowhere."""
        with pytest.raises(Unreachable) as caught:
            transport.call(Request("POST", url, body=BODY))
        assert caught.value.failure is FailureClass.CONNECT

    def test_removed_body_is_said_before_anything_leaves(self, transport: Transport) -> None:
        """A body that is gone from the store is our own trouble, not the partner's."""
        with RawServer(answers()) as server, pytest.raises(FileNotFoundError):
            transport.call(post(server, Claim("0" * 64, 10)))
        assert server.connections == 0


class Connections:
    """Kept while they are good for something."""

    def test_connection_is_used_again(self, transport: Transport) -> None:
        """Calls one after another share a connection."""
        with RawServer(answers()) as server:
            for number in range(3):
                transport.call(post(server, path=f"/{number}"))
        assert len(server.requests) == 3
        assert server.connections == 1

    def test_many_threads(self, transport: Transport) -> None:
        """Threads get their own answers, and no more connections than there are threads."""

        def echoes(connection: Connection) -> None:
            while True:
                body = body_of(connection.request())
                connection.send(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))

        bodies = [b"%d" % number * 1000 for number in range(200)]
        with RawServer(echoes) as server, ThreadPoolExecutor(8) as threads:
            answered = list(threads.map(lambda body: transport.call(post(server, body)).body, bodies))
        assert answered == bodies
        assert server.connections <= 8

    def test_close_twice(self, transport: Transport) -> None:
        """Closing lets go of connections, may be repeated, and is no trap for a late caller."""
        with RawServer(answers()) as server:
            transport.call(post(server))
            transport.close()
            transport.close()
            assert transport.call(post(server)).status == 200
        assert server.connections == 2


class TransportContract(Requests, Failures, TlsContract, Connections):
    """All of it."""
