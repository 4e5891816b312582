"""One partner's software on the axis's protocol, as the official SDK would speak it."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Sequence

from starlette.applications import Starlette
from starlette.routing import Mount

from adapters.vxp.face import VxpFace
from adapters.vxp.signing import hash_file, sign
from bus.desk import Desk
from tests.asgi import Client, Reply
from tests.contracts.face import AckWord, Listed, Outboxed, Partner, Said

ADDRESS = "192.0.2.10"
STAMP = "02032026T081500+0042"
CRLF = b"\r\n"


class VxpDriver:
    """Keeps one timestamp, as the SDK's service objects do."""

    def __init__(self, client: Client, partner: Partner, base: str = "/vxp/") -> None:
        self._client = client
        self._partner = partner
        self._base = base

    def call(self, name: str, body: bytes = b"", method: str = "POST", **logical: str) -> Reply:
        return self._client.call(method, self._base + name, self.headers(**logical), body)

    def headers(self, **logical: str) -> dict[str, str]:
        """Signed headers; an underscore in a name stands for a hyphen."""
        given = {name.replace("_", "-"): value for name, value in logical.items()}
        always = {"timestamp": STAMP, "systemid": self._partner.system_id, "Content-Type": "application/json"}
        return sign(always | given, self._partner.secret)

    def send(self, body: bytes, to: Sequence[str] = (), type_: str = "edoc") -> Said:
        to_header = {"to": json.dumps(list(to))} if to else {}
        logical = {"messagetype": type_, "hash_file": file_hash(body), "from": self._partner.agency, **to_header}
        reply = self.call("sendEdoc", body + CRLF, servicetype="eDoc", **logical)
        return said(reply, reply.json()["DocId"])

    def listed(self, type_: str = "edoc") -> list[Listed]:
        rows = self.call("getReceivedEdocList", servicetype="eDoc", messagetype=type_).json()["data"]
        return [Listed(row["docId"], row["from"], row["to"], row["status"]) for row in rows]

    def fetch(self, doc_id: str) -> Said:
        reply = self.call("getEdoc", b"{}", docId=doc_id, filePath=".")
        return said(reply, body=base64.b64decode(reply.json()["data"], validate=True))

    def ack(self, doc_id: str, word: AckWord, reason: str = "") -> Said:
        return said(self.call("updateStatus", b"{}", docId=doc_id, docid=doc_id, status=word, description=reason))

    def outbox(self, message_id: str, type_: str = "edoc") -> list[Outboxed]:
        rows = self.call("getSentEdocList", servicetype="eDoc", messagetype=type_, docId=message_id).json()["data"]
        outcome = {"initial": "open", "processing": "open", "done": "done", "fail": "fail"}
        return [Outboxed(row["toCode"], outcome[row["receiveStatus"]], row["receiveStatusDesc"]) for row in rows]


def file_hash(body: bytes) -> str:
    return hash_file(hashlib.sha256(body).hexdigest())


def client_of(desk: Desk) -> Client:
    """A caller of the face over ``desk``, mounted where the listener mounts it."""
    face = VxpFace()
    return Client(Starlette(routes=[Mount(face.path, face.mount(desk))]), ADDRESS)


def said(reply: Reply, id_: str = "", body: bytes = b"") -> Said:
    """The envelope, which must be whole in every answer."""
    envelope = reply.json()
    assert {"status", "ErrorCode", "ErrorDesc"} <= envelope.keys()
    assert None not in envelope.values()
    assert (envelope["status"] == "OK") == (envelope["ErrorCode"] == "0")
    return Said(reply.status, "" if envelope["ErrorCode"] == "0" else envelope["ErrorCode"], id_, body)
