"""Partners' software: it calls the real doors over HTTP, signs in as the door asks, and knows nothing else of the bus.

The software of a ministry speaks the same protocol to the national axis, and knows nothing of the bus at all.
"""

from __future__ import annotations

import base64
import hashlib
import http.client
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

import schemas
from adapters.vxp.signing import hash_file, sign
from bus.cli.words import VIETNAM

_SECONDS = 15.0

Address = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Item:
    """Something that waits for an office."""

    doc_id: str
    sender: str
    recipient: str


class Office(Protocol):
    """What software at any door can do. Everything raises OSError where the bus does not answer."""

    @property
    def agency(self) -> str:
        """The code it acts for."""
        ...

    def send(self, body: bytes, to: Sequence[str], type_: str = "edoc") -> bool:
        """Hand a document or status in; whether it was accepted."""
        ...

    def waiting(self, type_: str) -> list[Item]:
        """What is there to fetch."""
        ...

    def take(self, item: Item) -> str:
        """Fetch one and say that it arrived; the DocumentId it has or is about, empty where it was not to be had."""
        ...


@dataclass(frozen=True, slots=True)
class VxpOffice:
    """Software that speaks the axis's protocol; ``path`` is where that is served."""

    address: Address
    agency: str
    system_id: str
    secret: bytes
    path: str = "/vxp"

    def send(self, body: bytes, to: Sequence[str], type_: str = "edoc") -> bool:
        digest = hash_file(hashlib.sha256(body).hexdigest())
        told = {"messagetype": type_, "hash-file": digest, "from": self.agency, "to": json.dumps(list(to))}
        status, _ = self._call("sendEdoc", body + b"\r\n", told)
        return status < 300

    def waiting(self, type_: str) -> list[Item]:
        _, text = self._call("getReceivedEdocList", b"{}", {"messagetype": type_})
        rows = json.loads(text).get("data", [])
        return [Item(row["docId"], row["from"], row["to"]) for row in rows]

    def take(self, item: Item) -> str:
        status, text = self._call("getEdoc", b"{}", {"docId": item.doc_id, "filePath": "."})
        if status >= 300:
            return ""
        body = base64.b64decode(json.loads(text)["data"])
        status, _ = self._call("updateStatus", b"{}", {"docId": item.doc_id, "status": "done"})
        return _document_id(body) if status < 300 else ""

    def _call(self, name: str, body: bytes, told: Mapping[str, str]) -> tuple[int, bytes]:
        stamp = f"{datetime.now(VIETNAM):%d%m%YT%H%M%S+0700}"
        always = {"servicetype": "eDoc", "timestamp": stamp, "systemid": self.system_id}
        headers = sign({**always, **told}, self.secret)
        return _request(self.address, "POST", f"{self.path}/{name}", body, headers)


@dataclass(frozen=True, slots=True)
class ApiOffice:
    """Software that speaks the native API."""

    address: Address
    agency: str
    key: bytes

    def send(self, body: bytes, to: Sequence[str], type_: str = "edoc") -> bool:  # noqa: ARG002 - the body says it
        told = {"X-Bus-Recipients": ", ".join(to), "Idempotency-Key": hashlib.sha256(body).hexdigest()}
        status, _ = self._call("POST", "/messages", body, told)
        return status < 300

    def waiting(self, type_: str) -> list[Item]:
        _, text = self._call("GET", f"/mailbox?type={type_}")
        rows: list[dict[str, Any]] = json.loads(text).get("items", [])
        return [Item(row["doc_id"], row["sender"], row["recipient"]) for row in rows]

    def take(self, item: Item) -> str:
        status, body = self._call("GET", f"/mailbox/{item.doc_id}")
        if status >= 300:
            return ""
        said = {"Content-Type": "application/json"}
        status, _ = self._call("POST", f"/mailbox/{item.doc_id}/ack", b'{"status": "done"}', said)
        return _document_id(body) if status < 300 else ""

    def _call(
        self, method: str, path: str, body: bytes = b"", told: Mapping[str, str] | None = None
    ) -> tuple[int, bytes]:
        headers = {"X-Bus-Key": self.key.decode(), **(told or {})}
        return _request(self.address, method, f"/api/v1{path}", body, headers)


def _document_id(body: bytes) -> str:
    reader = schemas.reader()
    reader.feed(body)
    return reader.close().document_id


def _request(address: Address, method: str, path: str, body: bytes, headers: Mapping[str, str]) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection(*address, timeout=_SECONDS)
    try:
        connection.request(method, path, body, dict(headers))
        answer = connection.getresponse()
        return answer.status, answer.read()
    except http.client.HTTPException as error:
        raise ConnectionError(str(error)) from error
    finally:
        connection.close()
