"""A partner of the HTTP engine that is told what to do: it takes documents in three forms, hands others out, and gives tokens."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import socket
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from email import message_from_bytes
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import orjson

from adapters.http.playground import Playground
from adapters.http.settings import HttpSettings
from adapters.http.sink import build_sink
from adapters.http.source import build_source
from adapters.http.stage import Head, Play, Reply
from bus.clock import Clock, HandClock
from bus.endpoint import Sink, Source, Tools
from bus.transport import Transport
from tests.adapters import axis_partner
from tests.contracts.sink import Kept
from tests.contracts.source import HERE

CLIENT, SECRET = "bus", "bí mật"
PAGE = b"<!DOCTYPE html><html><body>xin \xc4\x91\xc4\x83ng nh\xe1\xba\xadp</body></html>"
EXPIRED = Reply(401, {"fault": {"code": 900901, "message": "Invalid Credentials"}})
BUSY = Play(Reply(503, {"error": {"code": 503}}, {"Retry-After": "7"}))
_BOM = b"\xef\xbb\xbf"


@dataclass
class Offered:
    """Something the partner has for us."""

    body: bytes
    type: str
    state: str = "open"
    reason: str = ""


@dataclass
class Document:
    """Something it was sent."""

    sha256: str
    times: int = 0


@dataclass
class Peer:
    """What the partner has, and how it behaves. ``mode`` as in the contracts; ``times``: for so many calls, then well."""

    mode: str = "ok"
    times: int = -1
    documents: dict[str, Document] = field(default_factory=dict)
    offered: list[Offered] = field(default_factory=list)
    heads: list[Head] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    asked: Counter[str] = field(default_factory=Counter)
    #: The token in force; none is asked for where it is ''.
    token: str = ""
    tokens: int = 0
    expires_in: object = 3600
    #: What a call without a valid token is told.
    expired: Reply = EXPIRED
    held: list[Callable[[], None]] = field(default_factory=list)
    connections: set[asyncio.Transport] = field(default_factory=set)

    def visit(self, head: Head) -> Visit | None:
        self.heads.append(head)
        self.asked[self.call_of(head)] += 1
        return None if self.told_for(head) in {"drop_before_reading", "down"} else Visit(self, head)

    def call_of(self, head: Head) -> str:
        return head.path.split("/")[1]

    def told_for(self, head: Head) -> str:
        """The mode for this call: tokens are always given, and ``ask_unknown`` is about questions."""
        if self.call_of(head) == "token" or (self.mode == "ask_unknown") != (self.call_of(head) == "ask"):
            return "ok"
        return self.mode

    def play(self, head: Head, body: bytes) -> Play:  # noqa: PLR0911 - a way out for each way to behave
        self.bodies.append(body)
        mode = self.told_for(head)
        if mode != "ok" and self.times > 0:
            self.times -= 1
            self.mode = self.mode if self.times else "ok"
        if self.call_of(head) == "token":
            return Play(self.grant(head, body))
        if self.token and head.headers.get(b"authorization", b"").decode() != f"Bearer {self.token}":
            return Play(self.expired)
        match mode:
            case "busy":
                return BUSY
            case "refuse":
                return Play(Reply(422, {"error": {"code": 22, "message": "sai cấu trúc"}}))
            case "error_in_body":
                return Play(Reply(200, {"error": {"code": "22", "message": "sai cấu trúc"}}))
            case "empty":
                return Play(Reply(200, b""))
            case "html":
                return Play(Reply(200, PAGE, content_type="text/html"))
            case "ask_unknown":
                return Play(Reply(404, {"error": {"code": 404}}))
        return self.played(mode, self.answer(head, body))

    def played(self, mode: str, reply: Reply) -> Play:
        if mode == "drop_after_reading":
            return Play(None)
        if mode == "lie_loses":
            return Play(Reply(500, PAGE))
        if mode == "lies" and isinstance(reply.body, Mapping):
            text = orjson.dumps(orjson.dumps(_lies(reply.body)).decode())
            return Play(Reply(200, _BOM + text, content_type="text/plain"))
        return Play(reply, held=mode == "hang")

    def grant(self, head: Head, body: bytes) -> Reply:
        form = {name: values[0] for name, values in parse_qs(body.decode()).items()}
        given = head.headers.get(b"authorization", b"").decode()
        known = "Basic " + base64.b64encode(b"bus:b%C3%AD%20m%E1%BA%ADt").decode()
        if given != known and (form.get("client_id"), form.get("client_secret")) != (CLIENT, SECRET):
            return Reply(401, {"error": "invalid_client"})
        self.tokens += 1
        self.token = f"token-{self.tokens}"
        return Reply(200, {"access_token": self.token, "expires_in": self.expires_in})

    def answer(self, head: Head, body: bytes) -> Reply:  # noqa: PLR0911 - one for each call
        match head.path.split("/")[1:]:
            case ["send", doc_id]:
                return self.keep(doc_id, document_in(head, body))
            case ["ask", doc_id] if doc_id in self.documents:
                return said({"id": f"P-{doc_id}", "hash": self.documents[doc_id].sha256})
            case ["ask", _]:
                return Reply(404, {"error": {"code": "404", "message": "not found"}})
            case ["list", type_]:
                return said(
                    [
                        self.row(place)
                        for place, one in enumerate(self.offered)
                        if one.type == type_ and one.state == "open"
                    ]
                )
            case ["get", place]:
                return said({"edxml": base64.b64encode(self.offered[int(place)].body).decode()})
            case ["ack", place, state]:
                offered = self.offered[int(place)]
                offered.state, offered.reason = state, orjson.loads(body)["reason"]
                return said({})
        return Reply(404, {"error": {"code": 404}})

    def keep(self, doc_id: str, body: bytes) -> Reply:
        kept = self.documents.setdefault(doc_id, Document(hashlib.sha256(body).hexdigest()))
        kept.times += 1
        if kept.times > 1:
            return Reply(200, {"error": {"code": 3, "message": "Hồ sơ ĐÃ TỒN TẠI"}, "data": {"id": f"P-{doc_id}"}})
        return said({"id": f"P-{doc_id}"})

    def row(self, place: int) -> Any:
        row = {"docId": place, "to": HERE, "status": "initial", "createdTime": f"2025/11/03 08:00:{place:02}"}
        return {**row, "from": None} if self.mode == "nulls" else row


class Visit:
    """One request to it."""

    def __init__(self, peer: Peer, head: Head) -> None:
        self._peer = peer
        self._head = head
        self._body = bytearray()

    def take(self, data: bytes) -> None:
        self._body += data

    def play(self) -> Play:
        return self._peer.play(self._head, bytes(self._body))

    def hold(self, release: Callable[[], None]) -> None:
        self._peer.held.append(release)


class Playing:
    """A peer that listens, in the words of both contracts."""

    def __init__(self) -> None:
        self.peer = Peer()
        self._playground = Playground(self.peer, "127.0.0.1", 0)
        self._playground.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._playground.port}"

    def stop(self) -> None:
        self._playground.stop()

    def misbehave(self, how: str, times: int = -1) -> None:
        def obey() -> None:
            self.peer.mode, self.peer.times = how, times

        self._playground.call(obey)

    def kept(self) -> Sequence[Kept]:
        return [Kept(one.sha256, one.times) for one in self.peer.documents.values()]

    def offer(self, body: bytes, type_: str = "edoc") -> None:
        self.peer.offered.append(Offered(body, type_))

    def states(self) -> Sequence[tuple[str, str]]:
        return [(one.state, one.reason) for one in self.peer.offered]


def said(data: object) -> Reply:
    """A success in the partner's words."""
    return Reply(200, {"Error": {"Code": 200, "message": ""}, "data": data})


def document_in(head: Head, body: bytes) -> bytes:
    """The document of a call, in whatever form it came."""
    content_type = head.headers[b"content-type"]
    if content_type.startswith(b"multipart/"):
        form = message_from_bytes(b"Content-Type: " + content_type + b"\r\n\r\n" + body)
        parts: Any = form.get_payload()
        return bytes(next(part.get_payload(decode=True) for part in parts if part.get_filename()))
    return base64.b64decode(orjson.loads(body)["edxml"]) if content_type == b"application/json" else body


def _lies(value: object) -> object:
    """Numbers as texts and the reverse, and keys in another case."""
    if isinstance(value, Mapping):
        return {str(key).upper(): _lies(one) for key, one in value.items()}
    if isinstance(value, list):
        return [*map(_lies, value), None, 7, {"docId": None}]
    return str(value) if isinstance(value, int) else value


BODIES: Mapping[str, Mapping[str, Any]] = {
    "raw": {"kind": "raw"},
    "json": {"kind": "json", "value": {"type": "{type}", "edxml": "{edxml.base64}"}},
    "multipart": {
        "kind": "multipart",
        "parts": [{"name": "messageType", "value": "{type}"}, {"name": "edocFile", "file": "edxml"}],
    },
}
OAUTH2 = {"kind": "oauth2", "token": "/token", "client_id": CLIENT, "client_secret": "file:lgsp"}
SUCCESS = {"status": "2xx", "path": "error.code", "values": [200]}
DUPLICATE = {"path": "error.message", "contains": "đã tồn tại"}


def settings(url: str, form: str = "raw", **more: Any) -> HttpSettings:
    """An endpoint as routes.yaml would hold it."""
    written: dict[str, Any] = {
        "kind": "http",
        "url": url,
        "allow": ["127.0.0.1"],
        "idle_timeout": "1s",
        "send": {"call": {"method": "POST", "path": "/send/{docId}", "body": BODIES[form]}},
        "answers": {
            "success": SUCCESS,
            "duplicate": DUPLICATE,
            "failures": [{"path": "error.code", "values": [22], "class": "schema"}],
            "remote_id": "data.id",
            "code": "error.code",
            "words": "error.message",
        },
        "ask": {
            "call": {"method": "GET", "path": "/ask/{docId}"},
            "answers": {
                "found": SUCCESS,
                "not_found": {"status": 404, "path": "error.message", "values": "not found"},
                "remote_id": "data.id",
            },
        },
        **more,
    }
    return HttpSettings.model_validate(written)


def receiving(url: str, **more: Any) -> HttpSettings:
    """An endpoint that is polled."""
    ack = {"method": "POST", "body": {"kind": "json", "value": {"reason": "{reason}"}}}
    lists = [
        {
            "call": {"method": "GET", "path": f"/list/{type_}"},
            "type": type_,
            "success": SUCCESS,
            "rows": "data",
            "id": "docId",
            "recipient": "to",
            "order": "createdTime",
        }
        for type_ in ("status", "edoc")
    ]
    receive = {
        "lists": lists,
        "get": {
            "call": {"method": "GET", "path": "/get/{id}"},
            "success": SUCCESS,
            "content": {"kind": "base64", "path": "data.edxml"},
        },
        "done": {"call": {**ack, "path": "/ack/{id}/done"}, "success": SUCCESS},
        "fail": {"call": {**ack, "path": "/ack/{id}/fail"}, "success": SUCCESS},
    }
    return settings(url, **{"receive": receive, **more})


def tools(transport: Transport, home: Path, clock: Clock | None = None) -> Tools:
    """What the daemon hands the engine, with the partner's secrets on disk."""
    made = axis_partner.tools(transport, home, clock or HandClock())
    path = home / "secrets" / "lgsp"
    path.write_text(SECRET)
    path.chmod(0o600)
    return made


def sink_of(given: HttpSettings, transport: Transport, home: Path, clock: Clock | None = None) -> Sink:
    return build_sink("lgsp", given, tools(transport, home, clock))


def source_of(given: HttpSettings, transport: Transport, home: Path, clock: Clock | None = None) -> Source:
    return build_source("lgsp", given, tools(transport, home, clock))


def nowhere() -> str:
    """A URL at which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as gone:
        return f"http://127.0.0.1:{gone.getsockname()[1]}"
