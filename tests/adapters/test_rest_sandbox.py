"""The sandbox plays the receiving side, tells what it has, and misbehaves for as long as it is told to."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator

import pytest

from adapters.rest.sandbox import RestSandbox
from adapters.rest.sandbox_partner import Incoming, Mode, Order, Partner
from bus.errors import OutcomeUnknown
from bus.transport import Request, Response
from bus.transport.fast import FastTransport
from tests.contracts.sink import digest

ABC = "sha-256=:ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=:"


@pytest.fixture
def sandbox() -> Iterator[RestSandbox]:
    running = RestSandbox()
    running.start()
    yield running
    running.stop()


def push(transport: FastTransport, url: str, body: bytes = b"abc", content_digest: str = ABC) -> Response:
    headers = {"Idempotency-Key": "doc-1", "Content-Digest": content_digest, "X-Bus-Attempt": "1"}
    return transport.call(Request("POST", url, headers, body, idle_timeout=0.2))


def control(transport: FastTransport, sandbox: RestSandbox, order: bytes | None = None) -> Response:
    url = sandbox.url("x").replace("/x/edoc", "/_control/so-tc")
    return transport.call(Request("POST" if order is not None else "GET", url, body=order))


def test_control_over_http(sandbox: RestSandbox, transport: FastTransport) -> None:
    """An order is one POST and the account one GET."""
    assert control(transport, sandbox, b'{"mode":"refuse","status":418,"times":1}').status == 200
    assert push(transport, sandbox.url("so-tc")).status == 418
    assert json.loads(push(transport, sandbox.url("so-tc")).body) == {"status": "accepted", "id": "sandbox-doc-1"}
    account = json.loads(control(transport, sandbox).body)
    assert (account["mode"], account["calls"], account["duplicates"]) == ("ok", 2, 0)
    assert account["documents"]["doc-1"]["sha256"] == digest(b"abc")


@pytest.mark.parametrize("order", [b"", b"{", b'{"mode":"dance"}', b'{"moed":"ok"}', b'{"seconds":-1}', b'{"times":0}'])
def test_bad_order_changes_nothing(sandbox: RestSandbox, transport: FastTransport, order: bytes) -> None:
    """An order that cannot be read is refused with its problems, and the old one stands."""
    sandbox.order("so-tc", Order(mode=Mode.REFUSE))
    answer = control(transport, sandbox, order)
    assert answer.status == 400
    assert json.loads(answer.body)["problems"]
    assert sandbox.account("so-tc")["mode"] == "refuse"


def test_agencies_are_apart(sandbox: RestSandbox, transport: FastTransport) -> None:
    """What one agency has or is told is nothing to another."""
    sandbox.order("so-tc", Order(mode=Mode.REFUSE))
    assert push(transport, sandbox.url("so-tc")).status == 422
    assert push(transport, sandbox.url("so-yt")).status == 200
    assert sandbox.account("so-tc")["documents"] == {}


def test_wrong_digest_is_refused(sandbox: RestSandbox, transport: FastTransport) -> None:
    """A body that does not fit its Content-Digest is not kept."""
    assert push(transport, sandbox.url("so-tc"), b"abd").status == 400
    assert push(transport, sandbox.url("so-tc"), b"abc", "sha-256=:!:").status == 400
    assert sandbox.account("so-tc")["documents"] == {}


def test_slow_answer_arrives(sandbox: RestSandbox, transport: FastTransport) -> None:
    """Slow is late and otherwise well."""
    sandbox.order("so-tc", Order(mode=Mode.SLOW, seconds=0.01))
    assert push(transport, sandbox.url("so-tc")).status == 200


def test_held_answer_goes_out_on_the_next_order(sandbox: RestSandbox) -> None:
    """Hang holds answers back until told otherwise; the document is there all the while."""
    sandbox.order("so-tc", Order(mode=Mode.HANG))
    host, _, port = sandbox.url("so-tc").split("/")[2].partition(":")
    with socket.create_connection((host, int(port)), timeout=10) as caller:
        head = f"POST /so-tc/edoc HTTP/1.1\r\nIdempotency-Key: a\r\nContent-Digest: {ABC}\r\nContent-Length: 3\r\n"
        caller.sendall(head.encode() + b"Expect: 100-continue\r\n\r\n")
        assert caller.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
        caller.sendall(b"abc")
        # The account is asked until the document shows: it is kept before any answer.
        while not sandbox.account("so-tc")["documents"]:
            pass
        sandbox.order("so-tc", Order())
        assert caller.recv(1000).startswith(b"HTTP/1.1 200 OK\r\n")


def test_lie_accepts_keeps_nothing(sandbox: RestSandbox, transport: FastTransport) -> None:
    """The worst partner says yes and has nothing."""
    sandbox.order("so-tc", Order(mode=Mode.LIE_ACCEPTS))
    assert json.loads(push(transport, sandbox.url("so-tc")).body)["status"] == "accepted"
    assert sandbox.account("so-tc")["documents"] == {}


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/"), ("POST", "/so-tc"), ("PUT", "/so-tc/edoc"), ("GET", "/a/b/c/d"), ("GET", "//")]
)
def test_other_paths(sandbox: RestSandbox, transport: FastTransport, method: str, path: str) -> None:
    """Everything else is no such page, which is not the protocol's "not found"."""
    answer = transport.call(Request(method, sandbox.url("x").removesuffix("/x/edoc") + path))
    assert answer.status == 404
    assert json.loads(answer.body)["status"] == "error"


def test_what_is_no_http_is_hung_up_on(sandbox: RestSandbox) -> None:
    """Garbage ends the connection and nothing else."""
    host, _, port = sandbox.url("x").split("/")[2].partition(":")
    with socket.create_connection((host, int(port)), timeout=10) as caller:
        caller.sendall(b"\x16\x03\x01 hello\r\n\r\n")
        assert caller.recv(100) == b""


def test_stop_twice_and_taken_port(sandbox: RestSandbox, transport: FastTransport) -> None:
    """A taken port is said at start; stopping hangs up, may be repeated, and needs no start."""
    port = int(sandbox.url("x").split("/")[2].partition(":")[2])
    second = RestSandbox(port=port)
    with pytest.raises(OSError, match="in use"):
        second.start()
    second.stop()
    RestSandbox().stop()
    sandbox.stop()
    sandbox.stop()


def test_stop_hangs_up_on_those_who_wait(transport: FastTransport) -> None:
    """A caller whose answer is held back is let go at the end."""
    sandbox = RestSandbox()
    sandbox.start()
    sandbox.order("so-tc", Order(mode=Mode.HANG))
    with pytest.raises(OutcomeUnknown):
        push(transport, sandbox.url("so-tc"))
    sandbox.stop()


class TestPartner:
    """The partner without sockets."""

    @staticmethod
    def incoming(sha256: str = "aa", attempt: str = "1") -> Incoming:
        return Incoming("doc-1", "m-1", attempt, "H62", intact=True, sha256=sha256, size=3)

    def test_order_for_so_many_calls(self) -> None:
        """``times`` counts deliveries, not questions; then all is well again."""
        partner = Partner()
        partner.obey(Order(mode=Mode.BUSY, times=2))
        modes = [partner.order_for(asking=asking).mode for asking in (False, True, False, False)]
        assert modes == [Mode.BUSY, Mode.OK, Mode.BUSY, Mode.OK]

    def test_ask_unknown_is_about_questions(self) -> None:
        """An order about questions leaves deliveries alone, and the reverse."""
        partner = Partner()
        partner.obey(Order(mode=Mode.ASK_UNKNOWN, times=1))
        modes = [partner.order_for(asking=asking).mode for asking in (False, True, True)]
        assert modes == [Mode.OK, Mode.ASK_UNKNOWN, Mode.OK]

    @pytest.mark.parametrize("mode", [Mode.REFUSE, Mode.BUSY, Mode.ERROR_IN_BODY, Mode.LIE_ACCEPTS])
    def test_modes_that_keep_nothing(self, mode: Mode) -> None:
        """These answer at once and have nothing afterwards."""
        partner = Partner()
        play = partner.receive(Order(mode=mode), self.incoming())
        assert play.reply is not None
        assert partner.account()["documents"] == {}

    @pytest.mark.parametrize("mode", [Mode.OK, Mode.SLOW, Mode.HANG, Mode.DROP_AFTER_READING, Mode.LIE_LOSES])
    def test_modes_that_keep(self, mode: Mode) -> None:
        """These have the document, whatever the caller hears."""
        partner = Partner()
        partner.receive(Order(mode=mode), self.incoming())
        assert partner.answer(Order(), "doc-1").status == 200

    def test_repeat_and_conflict(self) -> None:
        """The same bytes are a duplicate, others a conflict that is not counted as having come."""
        partner = Partner()
        plays = [partner.receive(Order(), self.incoming(sha256)) for sha256 in ("aa", "aa", "bb")]
        assert [play.reply.body["status"] for play in plays if play.reply] == ["accepted", "duplicate", "conflict"]
        account = partner.account()
        assert account["duplicates"] == 1
        assert account["documents"] == {
            "doc-1": {
                "sha256": "aa",
                "size": 3,
                "recipient": "H62",
                "message_id": "m-1",
                "times": 2,
                "attempts": ["1", "1"],
            }
        }
