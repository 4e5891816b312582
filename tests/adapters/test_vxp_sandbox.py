"""The axis's sandbox plays by the axis's rules, tells what it has, and misbehaves for as long as it is told to."""

from __future__ import annotations

import hashlib
import json
import socket
from collections.abc import Iterator
from typing import Any

import pytest

from adapters.http.rehearsal.orders import Mode, Order, Standing
from adapters.vxp.sandbox import AxisSandbox
from adapters.vxp.sandbox_axis import Axis, Parcel, System
from adapters.vxp.sandbox_orders import Habits
from adapters.vxp.signing import hash_file, sign
from bus.clock import HandClock
from bus.errors import OutcomeUnknown
from bus.transport import Request, Response
from bus.transport.fast import FastTransport
from tests import messages
from tests.adapters.axis_partner import PROVINCE, SECRETS, axis_sandbox

HERE, THERE = "000.00.05.H62", "000.00.07.H62"
BODY = messages.edoc(HERE, (THERE,))


@pytest.fixture
def sandbox() -> Iterator[AxisSandbox]:
    running = axis_sandbox(HandClock())
    running.start()
    yield running
    running.stop()


def signed(secret: bytes = SECRETS[PROVINCE], system: str = PROVINCE, **logical: str) -> dict[str, str]:
    given = {name.replace("_", "-"): value for name, value in logical.items()}
    always = {"timestamp": "02032026T081500+0042", "systemid": system, "Content-Type": "application/json"}
    return sign(always | given, secret)


def call(
    transport: FastTransport,
    sandbox: AxisSandbox,
    name: str,
    headers: dict[str, str],
    body: bytes = b"",
    method: str = "POST",
) -> Response:
    return transport.call(Request(method, f"{sandbox.url}/{name}", headers, body, idle_timeout=0.2))


def send(transport: FastTransport, sandbox: AxisSandbox, body: bytes = BODY + b"\r\n", **changed: str) -> Any:
    logical = {"messagetype": "edoc", "from": HERE, "to": f'["{THERE}"]', "hash_file": _hash(BODY), **changed}
    return json.loads(call(transport, sandbox, "sendEdoc", signed(**logical), body).body)


def _hash(body: bytes) -> str:
    return hash_file(hashlib.sha256(body).hexdigest())


def copies(sandbox: AxisSandbox) -> list[dict[str, Any]]:
    return sandbox.account()["copies"]  # type: ignore[return-value]


class TestRules:
    """What the axis checks, so that a client that passes here passes there."""

    def test_wrong_signature(self, sandbox: AxisSandbox, transport: FastTransport) -> None:
        """Another's secret, an unknown system, and a header changed after signing are all refused."""
        changed = {**signed(messagetype="edoc"), "XroadVnpt-messagetype": "status"}
        for headers in (signed(b"guessed", messagetype="edoc"), signed(system="X", messagetype="edoc"), changed, {}):
            answer = call(transport, sandbox, "getReceivedEdocList", headers)
            assert (answer.status, json.loads(answer.body)["ErrorCode"]) == (401, "15")

    @pytest.mark.parametrize(
        ("body", "changed", "code"),
        [
            (BODY, {}, "10"),
            (BODY + b"\r\n", {"hash_file": _hash(BODY + b"\r\n")}, "10"),
            (BODY + b"\r\n", {"from": THERE}, "19"),
            (BODY + b"\r\n", {"messagetype": "letter"}, "400"),
            (BODY + b"\r\n", {"to": "[1]"}, "400"),
        ],
    )
    def test_wrong_sending_keeps_nothing(
        self, sandbox: AxisSandbox, transport: FastTransport, body: bytes, changed: dict[str, str], code: str
    ) -> None:
        """No final line break, a hash over it, another's agency, no such type, a ``to`` that is no list of codes."""
        assert send(transport, sandbox, body, **changed)["ErrorCode"] == code
        assert copies(sandbox) == []

    def test_same_bytes_get_the_same_id(self, sandbox: AxisSandbox, transport: FastTransport) -> None:
        """A repeated send is one document, unless the axis has the habit of doubling."""
        first, again = send(transport, sandbox), send(transport, sandbox)
        sandbox.form(Habits(duplicates=True))
        third = send(transport, sandbox)
        assert first["DocId"] == again["DocId"] != third["DocId"]
        assert [copy["times"] for copy in copies(sandbox)] == [2, 1]

    def test_without_to_the_document_names_its_recipients(self, sandbox: AxisSandbox, transport: FastTransport) -> None:
        """So it does where ``to`` is ignored."""
        send(transport, sandbox, to="")
        sandbox.form(Habits(ignore_to=True))
        send(transport, sandbox, to='["000.00.08.H62"]', timestamp="03032026T081500+0042")
        assert [copy["recipient"] for copy in copies(sandbox)] == [THERE]

    def test_refused_download_has_no_body(self, sandbox: AxisSandbox, transport: FastTransport) -> None:
        """The SDK would save it as the document."""
        answer = call(transport, sandbox, "downloadEdoc", signed(docId="X"), method="GET")
        assert (answer.status, answer.body) == (404, b"")

    @pytest.mark.parametrize(("method", "name"), [("GET", "sendEdoc"), ("POST", "downloadedoc"), ("POST", "")])
    def test_no_such_call(self, sandbox: AxisSandbox, transport: FastTransport, method: str, name: str) -> None:
        """An envelope all the same."""
        answer = call(transport, sandbox, name, signed(), method=method)
        assert (answer.status, json.loads(answer.body)["status"]) == (404, "FAIL")

    @pytest.mark.parametrize("name", ["registerAgency", "getReceivedEdocList"])
    def test_what_cannot_be_read_is_refused(self, sandbox: AxisSandbox, transport: FastTransport, name: str) -> None:
        """A body or a date that is none."""
        answer = call(transport, sandbox, name, signed(messagetype="edoc", fromDate="soon"), b"{")
        assert (answer.status, json.loads(answer.body)["ErrorCode"]) == (400, "400")

    def test_list_between_two_moments(self, sandbox: AxisSandbox, transport: FastTransport) -> None:
        """fromDate and toDate bound the list."""
        send(transport, sandbox)
        theirs = {"secret": SECRETS["00.05.G22"], "system": "00.05.G22", "messagetype": "edoc"}
        lists = [
            call(transport, sandbox, "getReceivedEdocList", signed(**theirs, **bounds))  # type: ignore[arg-type]
            for bounds in ({"fromDate": "01/01/2020"}, {"toDate": "01/01/2020 00:00:00"})
        ]
        assert [len(json.loads(listed.body)["data"]) for listed in lists] == [1, 0]


class TestOrders:
    """The sandbox is told over HTTP as well as by its owner."""

    def control(self, transport: FastTransport, sandbox: AxisSandbox, body: bytes | None = None) -> Response:
        url = sandbox.url.partition("/XrdAdapter")[0] + "/_control"
        return transport.call(Request("POST" if body is not None else "GET", url, body=body))

    def test_control_over_http(self, sandbox: AxisSandbox, transport: FastTransport) -> None:
        """Orders and habits are one POST, the account is one GET."""
        told = b'{"order":{"mode":"refuse","code":"23","times":1},"habits":{"hops":true}}'
        assert self.control(transport, sandbox, told).status == 200
        assert send(transport, sandbox)["ErrorCode"] == "23"
        assert send(transport, sandbox)["ErrorCode"] == "0"
        account = json.loads(self.control(transport, sandbox).body)
        assert (account["order"]["mode"], account["habits"]["hops"]) == ("ok", True)
        assert account["calls"] == {"sendEdoc": 2}
        assert account["copies"][0]["sha256"] == hashlib.sha256(BODY).hexdigest()

    @pytest.mark.parametrize(
        "told", [b"", b"{", b'{"order":{"mode":"dance"}}', b'{"ordre":{}}', b'{"habits":{"hop":1}}']
    )
    def test_bad_order_changes_nothing(self, sandbox: AxisSandbox, transport: FastTransport, told: bytes) -> None:
        """It is refused with its problems, and the old one stands."""
        sandbox.order(Order(mode=Mode.DENY))
        answer = self.control(transport, sandbox, told)
        assert answer.status == 400
        assert json.loads(answer.body)
        assert sandbox.account()["order"]["mode"] == "deny"  # type: ignore[index]

    def test_order_for_one_call_and_so_many_times(self) -> None:
        """Other calls are met well and do not count."""
        standing = Standing()
        standing.obey(Order(mode=Mode.BUSY, call="getEdoc", times=2))
        names = ("getEdoc", "sendEdoc", "getEdoc", "getEdoc")
        assert [standing.for_call(name).mode for name in names] == [Mode.BUSY, Mode.OK, Mode.BUSY, Mode.OK]

    def test_slow_answer_arrives(self, sandbox: AxisSandbox, transport: FastTransport) -> None:
        """Slow is late and otherwise well."""
        sandbox.order(Order(mode=Mode.SLOW, seconds=0.01))
        assert send(transport, sandbox)["ErrorCode"] == "0"

    def test_held_answer_goes_out_on_the_next_order(self, sandbox: AxisSandbox) -> None:
        """Hang holds answers back until told otherwise; and ``100 Continue`` comes to those who wait for it."""
        sandbox.order(Order(mode=Mode.HANG))
        headers = {**signed(), "Content-Length": "2", "Expect": "100-continue"}
        head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        host, _, port = sandbox.url.split("/")[2].partition(":")
        with socket.create_connection((host, int(port)), timeout=10) as caller:
            caller.sendall(f"POST /countReceiveEdoc HTTP/1.1\r\n{head}\r\n".encode())
            assert caller.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
            caller.sendall(b"{}")
            # An order that changes nothing is given until the answer shows: it was held until then.
            caller.settimeout(0.01)
            answer = b""
            while not answer:
                sandbox.order(Order(mode=Mode.HANG))
                try:
                    answer = caller.recv(1000)
                except TimeoutError:
                    continue
        assert answer.startswith(b"HTTP/1.1 200 OK\r\n")

    def test_what_is_no_http_is_hung_up_on(self, sandbox: AxisSandbox) -> None:
        """Garbage ends the connection and nothing else."""
        host, _, port = sandbox.url.split("/")[2].partition(":")
        with socket.create_connection((host, int(port)), timeout=10) as caller:
            caller.sendall(b"\x16\x03\x01 hello\r\n\r\n")
            assert caller.recv(100) == b""

    def test_stop_twice_and_taken_port(self, sandbox: AxisSandbox) -> None:
        """A taken port is said at start; stopping may be repeated, and needs no start."""
        port = int(sandbox.url.split("/")[2].partition(":")[2])
        second = AxisSandbox({}, port=port)
        with pytest.raises(OSError, match="in use"):
            second.start()
        second.stop()
        AxisSandbox({}).stop()
        sandbox.stop()
        sandbox.stop()

    def test_stop_hangs_up_on_those_who_wait(self, sandbox: AxisSandbox, transport: FastTransport) -> None:
        """A caller whose answer is held back is let go at the end."""
        sandbox.order(Order(mode=Mode.HANG))
        with pytest.raises(OutcomeUnknown):
            send(transport, sandbox)
        sandbox.stop()


class TestAxis:
    """The axis without sockets."""

    @pytest.fixture
    def axis(self) -> Axis:
        systems = {"ours": System(b"1", (HERE,)), "theirs": System(b"2", (THERE,))}
        return Axis(systems, HandClock().now)

    def parcel(self, body: bytes = BODY, *recipients: str) -> Parcel:
        return Parcel("ours", "edoc", HERE, recipients or (THERE,), body)

    def test_echo(self, axis: Axis) -> None:
        """The sender finds its own document in its queue, once."""
        axis.habits = Habits(echo=True)
        axis.take(self.parcel())
        assert [copy.recipient for copy in axis.copies] == [THERE, HERE]
        assert len(list(axis.waiting("ours", "edoc"))) == 1

    def test_hops_are_added_where_there_is_a_place_for_them(self, axis: Axis) -> None:
        """One TraceHeader more, and nothing else changes; what is no edXML is handed out as it came."""
        axis.habits = Habits(hops=True)
        axis.take(self.parcel())
        axis.take(self.parcel(b"no xml"))
        with_hop, as_it_was = (axis.handed_out(copy) for copy in axis.copies)
        assert with_hop.count(b"<edXML:TraceHeader>") == BODY.count(b"<edXML:TraceHeader>") + 1
        assert messages.read(with_hop).digest == messages.read(BODY).digest
        assert as_it_was == b"no xml"

    def test_repeat_comes_once(self, axis: Axis) -> None:
        """An acked copy is there again under another id, and then no more."""
        axis.habits = Habits(repeats=True)
        axis.take(self.parcel())
        seen = []
        while waiting := list(axis.waiting("theirs", "edoc")):
            seen.append(waiting[0].doc_id)
            axis.settle(waiting[0], "done", "")
        assert len(set(seen)) == len(seen) == 2

    def test_queues_are_apart(self, axis: Axis) -> None:
        """A system finds the copies of its own agencies and no others."""
        axis.take(self.parcel(BODY, THERE, "000.00.00.G09"))
        theirs, nobodys = axis.copies
        assert axis.find("theirs", theirs.doc_id) is theirs
        assert axis.find("theirs", nobodys.doc_id) is None
        assert axis.find("ours", theirs.doc_id) is None
