"""What partners of the bus do: send through either door until they have a receipt, fetch, acknowledge."""

from __future__ import annotations

import hashlib
import http.client
import itertools
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from adapters.vxp.signing import hash_file, sign
from tests.e2e.lives import PATIENCE
from tests.e2e.places import CONTRACTS, FETCHER, SECRETS, SENDER, SYSTEM, Place
from tests.messages import edoc

EVERYWHERE = (FETCHER, *CONTRACTS.values())
#: What a caller sees of a bus that dies.
Broken = (OSError, http.client.HTTPException)


@dataclass(frozen=True, slots=True)
class Document:
    """A document as its sender keeps it."""

    id: str
    body: bytes
    recipients: Sequence[str]

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.body).hexdigest()


def document(name: str, *recipients: str, size: int = 0) -> Document:
    """A document of its own; ``size`` bytes of attachment make it a large one."""
    id_ = f"{SENDER},2026/03/02,{name}"
    to = recipients or EVERYWHERE
    content = hashlib.shake_128(id_.encode()).digest(size) if size else name.encode()
    return Document(id_, edoc(SENDER, to, id_, attachments=[("cong-van.pdf", content)]), to)


def update(paper: Document) -> Document:
    """A further event of the same document."""
    body = edoc(SENDER, paper.recipients, paper.id, "update")
    return Document(paper.id, body, paper.recipients)


def send(place: Place, paper: Document) -> str:
    """Through the native door: the message's id. Raises one of :data:`Broken`."""
    status, body = _call(place, "POST", "/messages", SECRETS["sender"], paper.body, {"Idempotency-Key": paper.sha256})
    told = json.loads(body)
    assert status == 202, told
    return str(told["id"])


def send_signed(place: Place, paper: Document) -> str:
    """Through the axis's door, the same."""
    logical = {
        "timestamp": "02032026T081500+0042",
        "systemid": SYSTEM,
        "Content-Type": "application/json",
        "servicetype": "eDoc",
        "messagetype": "edoc",
        "hash-file": hash_file(paper.sha256),
        "from": SENDER,
    }
    headers = sign(logical, SECRETS["axis"].encode())
    status, body = request(place, "POST", "/vxp/sendEdoc", headers, paper.body + b"\r\n")
    told = json.loads(body)
    assert (status, told["status"]) == (200, "OK"), told
    return str(told["DocId"])


Door = Callable[[Place, Document], str]
DOORS: tuple[Door, ...] = (send, send_signed)


def sent(place: Place, papers: Sequence[Document]) -> dict[str, Document]:
    """All of them with the message ids they were accepted under, by either door in turn."""
    doors = itertools.cycle(DOORS)
    return {next(doors)(place, paper): paper for paper in papers}


def waiting(place: Place) -> Mapping[str, Mapping[str, Any]]:
    """What waits in the mailbox, by docId."""
    items = json.loads(_ok(place, "GET", "/mailbox"))["items"]
    return {item["doc_id"]: item for item in items}


def fetch(place: Place, doc_id: str) -> bytes:
    return _ok(place, "GET", f"/mailbox/{doc_id}")


def ack(place: Place, doc_id: str) -> None:
    _ok(place, "POST", f"/mailbox/{doc_id}/ack", b'{"status":"done"}')


def request(place: Place, method: str, path: str, headers: Mapping[str, str], body: bytes = b"") -> tuple[int, bytes]:
    """One call on a connection of its own."""
    connection = http.client.HTTPConnection("127.0.0.1", place.port, timeout=PATIENCE)
    try:
        connection.request(method, path, body, dict(headers))
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def _ok(place: Place, method: str, path: str, body: bytes = b"") -> bytes:
    status, answer = _call(place, method, path, SECRETS["fetcher"], body, {"Content-Type": "application/json"})
    assert status == 200, (path, status, answer)
    return answer


def _call(place: Place, method: str, path: str, key: str, body: bytes, headers: Mapping[str, str]) -> tuple[int, bytes]:
    return request(place, method, f"/api/v1{path}", {"X-Bus-Key": key, **headers}, body)
