"""One partner's software on the native API."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from starlette.applications import Starlette
from starlette.routing import Mount

from adapters.api.face import ApiFace
from bus.desk import Desk
from tests.asgi import Client, Reply
from tests.contracts.face import AckWord, Listed, Outboxed, Partner, Said

ADDRESS = "192.0.2.10"
OUTCOME = {"delivered": "done", "dead": "fail"}


class ApiDriver:
    """Sends each body under an idempotency key of its own."""

    def __init__(self, client: Client, partner: Partner) -> None:
        self._client = client
        self._partner = partner

    def call(self, method: str, path: str, body: bytes = b"", **headers: str) -> Reply:
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        return self._client.call(method, f"/api/v1{path}", {"X-Bus-Key": self._partner.key.decode(), **given}, body)

    def send(self, body: bytes, to: Sequence[str] = (), type_: str = "edoc") -> Said:
        key = hashlib.sha256(body).hexdigest()
        to_header = {"X_Bus_Recipients": ", ".join(to)} if to else {}
        reply = self.call("POST", "/messages", body, Idempotency_Key=key, **to_header)
        return said(reply, reply.json().get("id", ""))

    def listed(self, type_: str = "edoc") -> list[Listed]:
        items = self.call("GET", f"/mailbox?type={type_}").json()["items"]
        return [Listed(item["doc_id"], item["sender"], item["recipient"], item["state"]) for item in items]

    def fetch(self, doc_id: str) -> Said:
        reply = self.call("GET", f"/mailbox/{doc_id}")
        return Said(200, body=reply.body) if reply.status == 200 else said(reply)

    def ack(self, doc_id: str, word: AckWord, reason: str = "") -> Said:
        body = f'{{"status":"{word}","reason":"{reason}"}}'.encode()
        return said(self.call("POST", f"/mailbox/{doc_id}/ack", body, Content_Type="application/json"))

    def outbox(self, message_id: str, type_: str = "edoc") -> list[Outboxed]:
        reply = self.call("GET", f"/messages/{message_id}")
        copies = reply.json()["copies"] if reply.status == 200 else []
        return [Outboxed(copy["recipient"], OUTCOME.get(copy["state"], "open"), copy["reason"]) for copy in copies]


def client_of(desk: Desk) -> Client:
    """A caller of the face over ``desk``, mounted where the listener mounts it."""
    face = ApiFace()
    return Client(Starlette(routes=[Mount(face.path, face.mount(desk))]), ADDRESS)


def said(reply: Reply, id_: str = "") -> Said:
    """Yes is plain JSON; no is a problem with a code."""
    if reply.status < 300:
        return Said(reply.status, id=id_)
    assert reply.headers["content-type"] == "application/problem+json"
    return Said(reply.status, reply.json()["code"], id_)
