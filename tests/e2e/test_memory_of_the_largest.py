"""One document of a gigabyte, in each form it travels in: it goes through, and the bus hardly grows."""

from __future__ import annotations

import base64
import binascii
import hashlib
import http.client
import re
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import orjson
import pytest

from adapters.rest.sandbox import RestSandbox
from tests import messages
from tests.contracts.raw_server import OK, Connection, RawServer
from tests.e2e import places
from tests.e2e.conftest import Begin
from tests.e2e.partners import request
from tests.e2e.places import FETCHER, SECRETS, SENDER, Place

pytestmark = [pytest.mark.long, pytest.mark.timeout(900)]

_MB = 1 << 20
_SIZE = 1 << 30
#: What the bus may take beyond what it had when it was idle.
_BOUND = 64 * _MB
_PATIENCE = 600.0
_FORMS = {"json": "000.00.21.H62", "multipart": "000.00.22.H62"}
_PIECE = base64.b64encode(bytes(range(256)) * 3 * 1024)

_ROUTES = """
endpoints:
  mailbox: {{kind: mailbox}}
  json:
    kind: http
    url: "{url}"
    allow: ["127.0.0.1"]
    max_bytes: 1500MB
    send: {{call: {{method: POST, path: /json, body: {{kind: json, value: {{edxml: "{{edxml.base64}}"}}}}}}}}
  multipart:
    kind: http
    url: "{url}"
    allow: ["127.0.0.1"]
    max_bytes: 1500MB
    send: {{call: {{method: POST, path: /multipart, body: {{kind: multipart, parts: [{{name: edoc, file: edxml}}]}}}}}}
{more}
partners:
  sender: {{agencies: ["000.00.05.H62"], doors: {{api: {{key: "file:sender"}}}}}}
  fetcher: {{agencies: ["000.00.07.H62"], doors: {{api: {{key: "file:fetcher"}}}}}}
routes:
  - {{name: json, when: {{recipient: "000.00.21.H62"}}, to: json}}
  - {{name: multipart, when: {{recipient: "000.00.22.H62"}}, to: multipart}}
  - {{name: inside, when: {{recipient: {{partner: any}}}}, to: mailbox}}
"""
_SOURCE = """
  source:
    kind: http
    url: "{url}"
    allow: ["127.0.0.1"]
    max_bytes: 1500MB
    poll: 200ms
    receive:
      lists: [{{call: {{method: GET, path: /list}}, rows: data, id: id}}]
      get: {{call: {{method: GET, path: "/get/{{id}}"}}, content: {{kind: base64, path: data.edxml}}}}
      done: {{call: {{method: GET, path: "/done/{{id}}"}}}}
"""


@dataclass(frozen=True)
class Large:
    """A document that is made while it is read: all but its file is small."""

    id: str
    recipients: tuple[str, ...]

    def pieces(self) -> Iterator[bytes]:
        whole = messages.edoc(SENDER, self.recipients, self.id, attachments=[("lon.bin", b"a file")])
        before, after = re.split(rb"(?<=>)[A-Za-z0-9+/=]{100,}(?=<)", whole)
        yield before
        for _ in range(_SIZE // len(_PIECE)):
            yield _PIECE
        yield after

    def size(self) -> int:
        return sum(map(len, self.pieces()))

    def digest(self) -> str:
        made = hashlib.sha256()
        for piece in self.pieces():
            made.update(piece)
        return made.hexdigest()

    def base64(self) -> Iterator[bytes]:
        left = b""
        for piece in self.pieces():
            data = left + piece
            whole = len(data) - len(data) % 3
            left = data[whole:]
            yield binascii.b2a_base64(data[:whole], newline=False)
        yield binascii.b2a_base64(left, newline=False)


@dataclass
class Partner:
    """Takes what is sent to it, and has one document for us. What it was sent it does not keep, only its digest."""

    document: Large
    taken: dict[str, str] = field(default_factory=dict)
    acked: threading.Event = field(default_factory=threading.Event)
    all_taken: threading.Event = field(default_factory=threading.Event)

    def __call__(self, connection: Connection) -> None:
        while True:
            head = connection.head()
            path = head.split()[1].decode()
            if path == "/list":
                listed = [] if self.acked.is_set() else [{"id": "1"}]
                connection.send(_answer(orjson.dumps({"data": listed})))
            elif path.startswith("/get"):
                self._give(connection)
            elif path.startswith("/done"):
                self.acked.set()
                connection.send(OK)
            else:
                self.taken[path] = _digest(path, connection.rest(head))
                connection.send(OK)
                if len(self.taken) == len(_FORMS):
                    self.all_taken.set()

    def _give(self, connection: Connection) -> None:
        before, after = b'{"data":{"edxml":"', b'"}}'
        size = -(-self.document.size() // 3) * 4 + len(before) + len(after)
        connection.send(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % size + before)
        for piece in self.document.base64():
            connection.send(piece)
        connection.send(after)


def _answer(body: bytes) -> bytes:
    return b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body


def _digest(path: str, pieces: Iterator[bytes]) -> str:
    """Of the document in a body."""
    made = hashlib.sha256()
    for piece in _decoded(pieces) if path == "/json" else _only_part(pieces):
        made.update(piece)
    return made.hexdigest()


def _decoded(pieces: Iterator[bytes]) -> Iterator[bytes]:
    left, begun = b"", False
    for piece in pieces:
        data = left + piece
        if not begun:
            data, begun = data.removeprefix(b'{"edxml":"'), True
        data = data.removesuffix(b'"}')
        whole = len(data) - len(data) % 4
        left = data[whole:]
        yield binascii.a2b_base64(data[:whole])
    assert left in {b"", b'"'}


def _only_part(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """The bytes of the one part of a form; what may be its end is held back."""
    held = b""
    while b"\r\n\r\n" not in held:
        held += next(pieces)
    head, _, held = held.partition(b"\r\n\r\n")
    end = b"\r\n" + head.split(b"\r\n")[0] + b"--\r\n"
    for piece in pieces:
        held += piece
        yield held[: -len(end)]
        held = held[-len(end) :]
    assert held.endswith(end)
    yield held.removesuffix(end)


@dataclass(frozen=True, slots=True)
class OpenPlace(Place):
    """A home that takes documents of more than a gigabyte."""

    @property
    def environment(self) -> Mapping[str, str]:
        return {"BUS_MAX_BYTES": "1500MB", "BUS_LEASE": "15m"}

    def write(self, url: str, more: str = "") -> None:
        self.routes.write_text(_ROUTES.format(url=url, more=more.format(url=url)), encoding="utf-8")


@pytest.fixture
def place(tmp_path: Path) -> OpenPlace:
    made = places.make(tmp_path, RestSandbox())
    return OpenPlace(made.folder, made.sandbox, made.port)


@pytest.fixture
def partner() -> Iterator[tuple[Partner, str]]:
    made = Partner(Large(f"{SENDER},2026/03/02,vao", (FETCHER,)))
    with RawServer(made) as server:
        yield made, server.url("")


def _post(place: Place, paper: Large) -> int:
    """Send it in pieces, through the native door."""
    connection = http.client.HTTPConnection("127.0.0.1", place.port, timeout=_PATIENCE)
    headers = {"X-Bus-Key": SECRETS["sender"], "Content-Length": str(paper.size())}
    connection.request("POST", "/api/v1/messages", body=paper.pieces(), headers=headers)
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer.status


def test_out_in_both_forms(place: OpenPlace, partner: tuple[Partner, str], begin: Begin) -> None:
    """Taken in once, and sent as base64 in JSON and as a part of a form, side by side."""
    far, url = partner
    place.write(url)
    paper = Large(f"{SENDER},2026/03/02,ra", tuple(_FORMS.values()))
    life = begin()
    idle = life.peak
    assert _post(place, paper) == 202
    assert far.all_taken.wait(_PATIENCE)
    assert far.taken == dict.fromkeys(("/json", "/multipart"), paper.digest())
    assert life.peak - idle <= _BOUND, f"{(life.peak - idle) >> 20} MB"


def test_in_from_a_source(place: OpenPlace, partner: tuple[Partner, str], begin: Begin) -> None:
    """Fetched as base64 in JSON, kept, acked; and it waits for its recipient as it was sent."""
    far, url = partner
    place.write(url, _SOURCE)
    life = begin()
    idle = life.peak
    assert far.acked.wait(_PATIENCE)
    assert life.peak - idle <= _BOUND, f"{(life.peak - idle) >> 20} MB"
    status, body = request(place, "GET", "/api/v1/mailbox", {"X-Bus-Key": SECRETS["fetcher"]})
    (item,) = orjson.loads(body)["items"]
    assert (status, item["size"]) == (200, far.document.size())
