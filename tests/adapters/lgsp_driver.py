"""One partner's software on the edoc REST calls of a provincial platform."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.types import Receive, Scope, Send

from adapters.api.face import ApiFace
from adapters.lgsp.face import LgspFace
from bus.desk import Desk
from bus.endpoint import Face
from tests.adapters.api_driver import ApiDriver
from tests.asgi import Client, Reply
from tests.contracts.face import AckWord, Listed, Outboxed, Partner, Said

ADDRESS = "192.0.2.10"
BOUNDARY = "----lgsp7Fm"
JSON = {"Content-Type": "application/json"}


class LgspDriver:
    """Shows its system id and key with every call."""

    def __init__(self, client: Client, partner: Partner) -> None:
        self._client = client
        self._partner = partner

    def call(self, method: str, target: str, body: bytes = b"", headers: Mapping[str, str] | None = None) -> Reply:
        return self._client.call(method, f"/lgsp/v1/{target}", {**self.credentials(), **(headers or {})}, body)

    def credentials(self) -> dict[str, str]:
        return {"X-SystemId": self._partner.system_id, "X-SecretKey": self._partner.secret.decode()}

    def post_form(self, body: bytes, boundary: str = BOUNDARY) -> Reply:
        return self.call("POST", "sendEdoc", body, {"Content-Type": f"multipart/form-data; boundary={boundary}"})

    def send(self, body: bytes, to: Sequence[str] = (), type_: str = "edoc") -> Said:
        fields = {"to": ",".join(to)} if to else {}
        reply = self.post_form(form(body, messageType=type_, **fields))
        return said(reply, reply.json().get("docId", ""))

    def listed(self, type_: str = "edoc") -> list[Listed]:
        rows = self.call("GET", f"syncReceivedEdocList?messageType={type_}").json()["data"]
        return [Listed(row["docId"], row["from"], row["to"], row["status"]) for row in rows]

    def fetch(self, doc_id: str) -> Said:
        reply = self.call("GET", f"getEdoc?docId={doc_id}")
        return said(reply, body=base64.b64decode(reply.json()["data"].get("edxml", ""), validate=True))

    def ack(self, doc_id: str, word: AckWord, reason: str = "") -> Said:
        asked = {"docId": doc_id, "status": word, "description": reason}
        return said(self.call("POST", "updateStatus", json.dumps(asked).encode(), JSON))

    def outbox(self, message_id: str, type_: str = "edoc") -> list[Outboxed]:
        """These calls know no outbox: the same system asks for it at the native door."""
        return ApiDriver(self._client, self._partner).outbox(message_id, type_)


def form(file: bytes, **fields: str) -> bytes:
    """A form with the document first, as the guide's example has it."""
    parts = [part("edocFile", file, '; filename="công văn.edxml"', "application/xml")]
    return closed([*parts, *(part(name, value.encode()) for name, value in fields.items())])


def part(name: str, value: bytes, more: str = "", media_type: str = "") -> bytes:
    kind = f"Content-Type: {media_type}\r\n" if media_type else ""
    return f'Content-Disposition: form-data; name="{name}"{more}\r\n{kind}\r\n'.encode() + value


def closed(parts: Sequence[bytes], boundary: str = BOUNDARY) -> bytes:
    """Parts as one body."""
    opening = f"--{boundary}\r\n".encode()
    return b"".join(opening + one + b"\r\n" for one in parts) + f"--{boundary}--\r\n".encode()


class WhenAsked:
    """A face that is mounted by its first call: making the native one takes longer than most tests here."""

    def __init__(self, face: Face, desk: Desk) -> None:
        self._mount = cache(lambda: face.mount(desk))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._mount()(scope, receive, send)


def client_of(desk: Desk) -> Client:
    """A caller of the face over ``desk``, and of the native one, mounted where the listener mounts them."""
    routes = [Mount(face.path, WhenAsked(face, desk)) for face in (LgspFace(), ApiFace())]
    return Client(Starlette(routes=routes), ADDRESS)


def said(reply: Reply, id_: str = "", body: bytes = b"") -> Said:
    """The envelope, which must be whole in every answer; the bus's own code stands beside the guide's."""
    envelope = reply.json()
    assert None not in envelope.values()
    if envelope["success"]:
        return Said(reply.status, "", id_, body)
    told: dict[str, Any] = envelope["data"]
    assert told.keys() == {"docId", "status", "errorCode", "errorDesc"}
    assert told["errorCode"] in {"10", "15", "18", "19", "20", "21", "22", "23"}
    assert envelope["message"]
    return Said(reply.status, reply.headers["x-bus-code"], id_, body)
