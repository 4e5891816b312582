"""Answers that are wrong, endless, or meant to hurt: the engine gives up in time, and takes none for more than it says."""

from __future__ import annotations

import gzip
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.http import client
from adapters.http.decode import read
from adapters.http.judge import Judge
from adapters.http.settings import HttpSettings
from bus.errors import FailureClass, OutcomeUnknown, Refused, Unreachable
from bus.transport import Response, Transport
from tests.adapters.http_partner import OAUTH2, Playing, receiving, settings, sink_of, source_of
from tests.contracts.raw_server import Behaviour, Connection, RawServer, answers
from tests.contracts.sink import delivery, sent

#: What a partner says that took a document, for those who look no further.
TAKEN = b'{"error":{"code":200},"data":{"id":"P-1"}}'


@pytest.fixture
def partner() -> Iterator[Playing]:
    playing = Playing()
    yield playing
    playing.stop()


def answer(body: bytes, status: str = "200 OK", **headers: str) -> bytes:
    lines = [
        f"HTTP/1.1 {status}",
        f"Content-Length: {len(body)}",
        *(f"{n.replace('_', '-')}: {v}" for n, v in headers.items()),
    ]
    return "\r\n".join([*lines, "", ""]).encode() + body


def after_a_request(act: Callable[[Connection], None]) -> Behaviour:
    """One request is read whole; then ``act``."""

    def behave(connection: Connection) -> None:
        connection.request()
        act(connection)

    return behave


def endless(connection: Connection) -> None:
    connection.send(b"HTTP/1.1 200 OK\r\n\r\n" + TAKEN)
    while True:
        connection.send(b" " * 65536)


def broken_chunk(connection: Connection) -> None:
    connection.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n%b\r\nzz\r\n" % (len(TAKEN), TAKEN))
    connection.until_gone()


def dripping(connection: Connection) -> None:
    """A letter now and then: there is always something."""
    connection.send(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n" + TAKEN)
    while not threading.Event().wait(0.02):
        connection.send(b" ")


def ending_early(connection: Connection) -> None:
    connection.send(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n" + TAKEN)


def deep(levels: int, before: bytes = b'{"error":{"code":', after: bytes = b"}}") -> bytes:
    return before + b"[" * levels + b"]" * levels + after


HOSTILE: dict[str, Behaviour] = {
    "huge": answers(answer(TAKEN + b" " * (2 << 20))),
    "endless": after_a_request(endless),
    "dripping": after_a_request(dripping),
    "ending early": after_a_request(ending_early),
    "broken chunk": after_a_request(broken_chunk),
    "gzip bomb": answers(answer(gzip.compress(TAKEN + b" " * (64 << 20)), content_encoding="gzip")),
    "no utf-8": answers(answer(TAKEN.replace(b"P-1", b"\xff\xfe"))),
    "page of a gateway": answers(answer(b"<!DOCTYPE html><p>200 " + TAKEN, content_type="text/html")),
    "page without a type": answers(answer(b"\xef\xbb\xbf\n <HTML>" + TAKEN)),
    "deep": answers(answer(deep(300))),
    "too deep": answers(answer(deep(100_000))),
    "no number": answers(answer(TAKEN.replace(b"200", b"NaN"))),
    "nothing": answers(answer(b"")),
}


@pytest.mark.parametrize("how", HOSTILE)
def test_what_cannot_be_understood_is_an_unknown_outcome(
    transport: Transport, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    """Once the document went out, an answer that does not say what became of it is no success and no failure."""
    monkeypatch.setattr(client, "_TOTAL", 0.5)
    with RawServer(HOSTILE[how]) as server:
        given = settings(server.url(""))
        with pytest.raises(OutcomeUnknown) as caught:
            sink_of(given, transport, tmp_path).send(delivery())
    assert len(server.requests) == 1
    assert len(caught.value.words) <= 500


@pytest.mark.parametrize("how", HOSTILE)
def test_a_list_that_cannot_be_understood_is_asked_for_again(
    transport: Transport, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    """It is no empty list, and no fault of ours."""
    monkeypatch.setattr(client, "_TOTAL", 0.5)
    with RawServer(HOSTILE[how]) as server, pytest.raises(Unreachable):
        list(source_of(receiving(server.url("")), transport, tmp_path).poll())


@pytest.mark.parametrize("how", HOSTILE)
def test_a_token_that_cannot_be_understood_keeps_the_document(
    transport: Transport, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    """Nothing was sent, so nothing is in doubt; and what the token server said is in no words."""
    monkeypatch.setattr(client, "_TOTAL", 0.5)
    with RawServer(HOSTILE[how]) as server:
        given = settings(server.url(""), auth=[OAUTH2])
        with pytest.raises(Unreachable) as caught:
            sink_of(given, transport, tmp_path).send(delivery())
    assert not isinstance(caught.value, OutcomeUnknown)
    assert [request.split()[1] for request in server.requests] == [b"/token"]


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "303 See Other", "307 Go", "308 Go"])
def test_a_redirect_is_not_followed(transport: Transport, tmp_path: Path, status: str) -> None:
    """A document goes where the operators said; elsewhere nothing is asked, and nothing is taken for delivered."""
    with RawServer(answers()) as elsewhere:
        moved = answers(answer(TAKEN, status, location=elsewhere.url()))
        with RawServer(moved) as server, pytest.raises(Refused):
            sink_of(settings(server.url("")), transport, tmp_path).send(delivery())
    assert (len(server.requests), elsewhere.connections) == (1, 0)


def test_a_name_that_leads_elsewhere_since_it_was_looked_up(
    partner: Playing, transport: Transport, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a look-up said before a call decides nothing: the address that the connection has is what counts, each time."""
    public = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("203.0.113.7", 0))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_named: public)
    url = partner.url.replace("127.0.0.1", "localhost.")
    sent(sink_of(settings(url), transport, tmp_path), delivery())
    for _ in range(2):
        with pytest.raises(Unreachable) as caught:
            sink_of(settings(url, allow=["203.0.113.0/24"]), transport, tmp_path).send(delivery(doc_id="doc-2"))
        assert caught.value.failure is FailureClass.CONNECT
    assert [head.path for head in partner.peer.heads] == ["/send/doc-1"]


def test_of_members_of_one_name_the_last_counts() -> None:
    """As with every reader of JSON the partner may have; two that differ in case only are none."""
    judge = Judge(settings("http://10.1.1.1").answers, lambda: 0)
    twice = b'{"error":{"code":22},"error":{"code":200}}'
    assert judge.sent(read(Response(200, {}, twice)))
    with pytest.raises(Refused):
        judge.sent(read(Response(200, {}, twice.replace(b"22}", b"200}").replace(b"200}}", b"22}}"))))
    with pytest.raises(OutcomeUnknown):
        judge.sent(read(Response(200, {}, b'{"ERROR":{"code":200},"Error":{"code":200}}')))


def _nested(levels: int) -> Any:
    found: Any = "x"
    for _ in range(levels):
        found = [found]
    return found


@given(st.integers(0, 1100), st.sampled_from(["error.code", "$", "error", "data.id"]), st.booleans())
def test_depth_is_no_fault_of_ours(levels: int, path: str, as_text: bool) -> None:
    """However deep the answer, and wherever a rule looks: it is judged, and never breaks the judge."""
    value: Any = orjson.dumps(_nested(levels)).decode() if as_text and levels < 250 else None
    body = orjson.dumps({"error": {"code": value}}) if value else deep(levels)
    given: HttpSettings = settings(
        "http://10.1.1.1",
        answers={
            "success": {"path": path, "values": [200], "contains": "x"},
            "failures": [{"path": path, "not_values": [1, 2], "class": "schema"}],
            "words": path,
            "code": path,
        },
    )
    with pytest.raises((OutcomeUnknown, Refused)):
        Judge(given.answers, lambda: 0).sent(read(Response(200, {}, body)))
