"""The axis's face behind a real HTTP server, spoken to by bare sockets as the SDK's HTTP clients do."""

from __future__ import annotations

import base64
import json
import socket
import threading
from collections.abc import Iterator

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.routing import Mount

from adapters.vxp import ADAPTER
from tests import messages
from tests.adapters.vxp_driver import CRLF, VxpDriver, file_hash
from tests.asgi import Client
from tests.contracts.face import NOI_VU, TAI_CHINH
from tests.fake_desk import FakeDesk


@pytest.fixture
def app() -> Starlette:
    assert ADAPTER.face is not None
    face = ADAPTER.face()
    return Starlette(routes=[Mount(face.path, face.mount(FakeDesk()))])


@pytest.fixture
def signer(app: Starlette) -> Iterator[VxpDriver]:
    """Only signs; the sockets of the tests do the calling."""
    with Client(app) as client:
        yield VxpDriver(client, TAI_CHINH)


@pytest.fixture
def wire(app: Starlette) -> Iterator[socket.socket]:
    """A connection to a server that runs in a thread."""
    listening = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(app, http="httptools", ws="none", lifespan="off", log_config=None)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    with socket.create_connection(listening.getsockname(), timeout=20) as wire:
        yield wire
    server.should_exit = True
    thread.join()
    listening.close()


def request(name: str, headers: dict[str, str], length: int, encoding: str = "utf-8") -> bytes:
    lines = [f"POST /vxp/{name} HTTP/1.1", "Host: bus", f"Content-Length: {length}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode(encoding)


def answer(wire: socket.socket) -> tuple[bytes, bytes]:
    """The status line and the body of one answer."""
    head, body = _until_blank_line(wire)
    lines = head.split(b"\r\n")
    length = next((int(line.split(b":")[1]) for line in lines if line.lower().startswith(b"content-length:")), 0)
    while len(body) < length:
        body += wire.recv(65536)
    return lines[0], body


def _until_blank_line(wire: socket.socket) -> tuple[bytes, bytes]:
    got = b""
    while b"\r\n\r\n" not in got:
        piece = wire.recv(65536)
        assert piece, "the server hung up"
        got += piece
    head, _, rest = got.partition(b"\r\n\r\n")
    return head, rest


def test_the_empty_object_waits_for_100_continue(wire: socket.socket, signer: VxpDriver) -> None:
    """The SDK holds ``{}`` back until it is asked for; unasked it stalls three seconds a call."""
    headers = signer.headers(docId="no-such-id") | {"Expect": "100-continue"}
    wire.sendall(request("getEdoc", headers, 2))

    assert answer(wire)[0] == b"HTTP/1.1 100 Continue"
    wire.sendall(b"{}")
    assert json.loads(answer(wire)[1])["ErrorCode"] == "not_found"


def test_a_stranger_is_asked_to_continue_too(wire: socket.socket) -> None:
    """Also who is refused is not left to stall."""
    wire.sendall(request("updateStatus", {"Expect": "100-continue"}, 2))

    assert answer(wire)[0] == b"HTTP/1.1 100 Continue"
    wire.sendall(b"{}")
    assert json.loads(answer(wire)[1])["ErrorCode"] == "auth.signature"


def test_latin1_bytes_pass_the_server(wire: socket.socket, signer: VxpDriver) -> None:
    """Header bytes reach the check as they were on the wire."""
    headers = signer.headers(docId="no-such-id", status="fail", description="déjà vu")
    wire.sendall(request("updateStatus", headers, 2, "latin-1") + b"{}")

    assert json.loads(answer(wire)[1])["ErrorCode"] == "not_found"


def test_one_connection_carries_a_document_there_and_back(
    wire: socket.socket, signer: VxpDriver, app: Starlette
) -> None:
    """Send, list and fetch on one kept-alive connection; the CRLF behind the file is no part of it."""
    body = messages.edoc()
    with Client(app) as client:
        sending = VxpDriver(client, NOI_VU).headers(messagetype="edoc", hash_file=file_hash(body))
    wire.sendall(request("sendEdoc", sending, len(body) + 2) + body + CRLF)
    assert json.loads(answer(wire)[1])["ErrorCode"] == "0"

    wire.sendall(request("getReceivedEdocList", signer.headers(messagetype="edoc"), 0))
    (row,) = json.loads(answer(wire)[1])["data"]
    wire.sendall(request("getEdoc", signer.headers(docId=row["docId"]), 2) + b"{}")
    assert base64.b64decode(json.loads(answer(wire)[1])["data"]) == body


def test_a_refused_send_leaves_the_connection_usable(wire: socket.socket, signer: VxpDriver) -> None:
    """A body that was refused unread does not spoil the next call."""
    wire.sendall(request("sendEdoc", {}, 200_000) + b"x" * 200_000)
    status, body = answer(wire)
    assert (status.split()[1], json.loads(body)["DocId"]) == (b"401", "")

    wire.sendall(request("countReceiveEdoc", signer.headers(), 2) + b"{}")
    assert json.loads(answer(wire)[1])["count"] == 0
