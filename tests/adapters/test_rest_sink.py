"""The REST sink keeps the sink contract over both transports, and the push protocol to the letter."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from adapters.rest.sandbox import RestSandbox
from adapters.rest.sink import below
from bus.clock import HandClock
from bus.endpoint import Answer, Sink
from bus.errors import FailureClass, Refused, Unreachable
from bus.transport import Transport
from bus.transport.fast import FastTransport
from bus.transport.plain import PlainTransport
from tests.adapters.rest_partner import SandboxPartner, nowhere, sink_to
from tests.contracts.raw_server import RawServer, answers
from tests.contracts.sink import BODY, SinkContract, asked, delivery, digest, sent


@pytest.fixture(params=[FastTransport, PlainTransport], ids=["fast", "plain"])
def transport(request: pytest.FixtureRequest) -> Iterator[Transport]:
    made = request.param()
    yield made
    made.close()


@pytest.fixture
def sandbox() -> Iterator[RestSandbox]:
    running = RestSandbox()
    running.start()
    yield running
    running.stop()


@pytest.fixture
def partner(sandbox: RestSandbox) -> SandboxPartner:
    return SandboxPartner(sandbox)


@pytest.fixture
def sink(partner: SandboxPartner, transport: Transport, tmp_path: Path) -> Sink:
    return sink_to(partner.url, transport, tmp_path)


@pytest.fixture
def lost_sink(transport: Transport, tmp_path: Path) -> Sink:
    return sink_to(nowhere(), transport, tmp_path)


class TestRestSink(SinkContract):
    """Every rule of the contract."""


def with_key(home: Path, value: str) -> Path:
    secrets = home / "secrets"
    secrets.mkdir(exist_ok=True)
    (secrets / "so-tc").write_text(value + "\n")
    (secrets / "so-tc").chmod(0o600)
    return home


def test_headers_are_the_protocols(transport: Transport, tmp_path: Path) -> None:
    """Every header of section 14, and the body as it is stored."""
    with RawServer(answers()) as server:
        sink = sink_to(server.url("/edoc?tenant=1"), transport, with_key(tmp_path, "k-1"), key="file:so-tc")
        sent(sink, delivery(b"abc", attempt=3))
    head, _, body = server.requests[0].partition(b"\r\n\r\n")
    lines = head.decode().split("\r\n")
    assert lines[0] == "POST /edoc?tenant=1 HTTP/1.1"
    assert body == b"abc"
    assert {
        "Content-Type: application/xml",
        "Idempotency-Key: doc-1",
        "X-Bus-Message-Id: m-1",
        "X-Bus-Attempt: 3",
        "X-Bus-Recipient: 000.00.07.H62",
        "Content-Digest: sha-256=:ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=:",
        "X-Bus-Key: k-1",
    } <= set(lines)


def test_recipient_cannot_add_headers(transport: Transport, tmp_path: Path) -> None:
    """A code is the sender's text, and never more than one header's value."""
    with RawServer(answers()) as server:
        sent(sink_to(server.url(), transport, tmp_path), delivery(recipient="H62\r\nX-Bus-Key: stolen"))
    assert b"\r\nX-Bus-Recipient: H62%0D%0AX-Bus-Key%3A%20stolen" in server.requests[0]


def test_question_goes_to_the_documents_url(transport: Transport, tmp_path: Path) -> None:
    """``GET url/{docId}`` with the key, and nothing of the document."""
    with RawServer(answers()) as server:
        sink = sink_to(server.url("/edoc"), transport, with_key(tmp_path, "k-1"), key="file:so-tc")
        assert asked(sink, delivery()) is Answer.DELIVERED
    assert server.requests[0].startswith(b"GET /edoc/doc-1 HTTP/1.1\r\n")
    assert b"\r\nX-Bus-Key: k-1\r\n" in server.requests[0] + b"\r\n"


@pytest.mark.parametrize(
    ("url", "doc_id", "expected"),
    [
        ("http://h/edoc", "a", "http://h/edoc/a"),
        ("http://h/edoc/", "a", "http://h/edoc/a"),
        ("http://h", "a", "http://h/a"),
        ("http://h:8080/edoc?t=1&u=2", "a", "http://h:8080/edoc/a?t=1&u=2"),
        ("http://h/edoc", "../x?y#z", "http://h/edoc/..%2Fx%3Fy%23z"),
        ("http://h/a%20b", "a.b_c-d", "http://h/a%20b/a.b_c-d"),
    ],
)
def test_document_url(url: str, doc_id: str, expected: str) -> None:
    """A docId is one path segment, whatever it and the URL look like."""
    assert below(url, doc_id) == expected


def test_rotated_key_counts_at_once(transport: Transport, tmp_path: Path) -> None:
    """The key is asked for at each call, and secrets are read anew after a moment."""
    clock = HandClock()
    with RawServer(answers()) as server:
        sink = sink_to(server.url(), transport, with_key(tmp_path, "old"), clock, key=["file:new", "file:so-tc"])
        sent(sink, delivery())
        with_key(tmp_path, "newer")
        clock.move(60)
        sent(sink, delivery())
    assert b"X-Bus-Key: old" in server.requests[0]
    assert b"X-Bus-Key: newer" in server.requests[1]


@pytest.mark.parametrize("value", [None, "khóa"])
def test_unusable_key_keeps_the_document_waiting(transport: Transport, tmp_path: Path, value: str | None) -> None:
    """A key that is missing or cannot stand in a header is our trouble: nothing is sent, and it is tried again."""
    if value:
        with_key(tmp_path, value)
    with RawServer(answers()) as server:
        sink = sink_to(server.url(), transport, tmp_path, key="file:so-tc")
        with pytest.raises(Unreachable) as caught:
            sink.send(delivery())
    assert caught.value.failure is FailureClass.AUTH
    assert "khóa" not in str(caught.value)
    assert server.requests == []


def test_sandbox_checks_the_key(transport: Transport, tmp_path: Path) -> None:
    """A wrong key is refused as ``auth``; the right one delivers."""
    sandbox = RestSandbox(key="right")
    sandbox.start()
    clock = HandClock()
    sink = sink_to(sandbox.url("so-tc"), transport, with_key(tmp_path, "wrong"), clock, key="file:so-tc")
    with pytest.raises(Refused) as caught:
        sink.send(delivery())
    with_key(tmp_path, "right")
    clock.move(60)
    sent(sink, delivery())
    sandbox.stop()
    assert caught.value.failure is FailureClass.AUTH


def test_partner_sees_what_was_meant_for_it(sink: Sink, partner: SandboxPartner) -> None:
    """Recipient, message id and attempts arrive as they are, and the partner's id comes back."""
    first = sent(sink, delivery(attempt=1))
    again = sent(sink, delivery(attempt=2))
    assert first.remote_id == again.remote_id == "sandbox-doc-1"
    assert partner.documents()["doc-1"] == {
        "sha256": digest(BODY),
        "size": len(BODY),
        "recipient": "000.00.07.H62",
        "message_id": "m-1",
        "times": 2,
        "attempts": ["1", "2"],
    }


def test_conflict_is_refused(sink: Sink, partner: SandboxPartner) -> None:
    """Another content under an id the partner has is its no, and the first content stays."""
    sent(sink, delivery())
    with pytest.raises(Refused) as caught:
        sink.send(delivery(b"other"))
    assert caught.value.failure is FailureClass.BUSINESS_REJECT
    assert [kept.sha256 for kept in partner.kept()] == [digest(BODY)]


def test_retry_after_is_kept(sink: Sink, partner: SandboxPartner) -> None:
    """The time a busy partner asks for is handed on."""
    partner.misbehave("busy")
    with pytest.raises(Unreachable) as caught:
        sink.send(delivery())
    assert caught.value.retry_after == 7.0
    assert caught.value.failure is FailureClass.SERVER_FAULT
