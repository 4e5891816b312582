"""Partners that take documents in forms of their own, over HTTP, and keep what they were sent.

``POST /{form}`` is answered 200, and an envelope with an envelope. What came is read back by nothing of the bus's own, but for
the names of fields, so that it can be compared with what was sent.
"""

from __future__ import annotations

import base64
import email
import email.policy
import http.client
import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import SimpleQueue
from typing import Any, cast
from urllib.parse import urlsplit

from adapters.soap.rehearsal.documents import schema, wsdl
from adapters.soap.rehearsal.paper import SOAP11, Wrote, read
from schemas.edxml.field_words import WORDS
from schemas.edxml.fields import names_of
from schemas.edxml.models import Edoc
from tests.contracts.face import Partner
from tests.seen import Seen, as_it_is, hash_of, said_as

#: Content-Type and body of a call.
Call = tuple[str, bytes]
_SCHEMA = schema()
_DONE = f'<s:Envelope xmlns:s="{SOAP11}"><s:Body><SendDocumentResponse/></s:Body></s:Envelope>'.encode()
_WORDS = sorted(WORDS[Edoc].keys() - {"recipient", "recipientName"})
_ELEMENTS = sorted(names_of(Edoc))


@dataclass(frozen=True)
class Form:
    """One form: a partner that takes it, the body of the call as routes.yaml has it, and how it is read back."""

    partner: Partner
    body: str
    read: Callable[[Call], Seen]
    #: The elements it tells; none: everything, byte for byte.
    says: frozenset[str] = frozenset()

    @property
    def endpoint(self) -> str:
        """The endpoint's line."""
        name = self.partner.name
        call = f'{{method: POST, path: "/{name}", body: {self.body}}}'
        return (
            f'  {name}: {{kind: http, url: "$forms", allow: ["127.0.0.1"], idempotency: id, send: {{call: {call}}}}}\n'
        )

    @property
    def entry(self) -> str:
        """The partner's lines."""
        name = self.partner.name
        return f'  {name}:\n    agencies: ["{self.partner.agency}"]\n    doors: {{api: {{key: "file:{name}"}}}}\n'

    @property
    def rule(self) -> str:
        """The rule that leads there."""
        name = self.partner.name
        return f'  - {{name: {name}, when: {{recipient: "{self.partner.agency}"}}, to: {name}}}\n'


@dataclass(frozen=True)
class SoapForm(Form):
    """A form of parameters of an operation; ``attachments``: how bytes go."""

    attachments: str = "inline"

    @property
    def endpoint(self) -> str:
        call = f"{{operation: SendDocument, attachments: {self.attachments}, parameters: {self.body}}}"
        return (
            f'  {self.partner.name}: {{kind: soap, url: "$forms/{self.partner.name}", allow: ["127.0.0.1"], '
            f"idempotency: id, send: {{call: {call}}}}}\n"
        )


def _part(call: Call) -> Seen:
    (file,) = [one for one in _parts(call) if one.get_filename()]
    return as_it_is(_content(file))


def _in_json(call: Call) -> Seen:
    return as_it_is(_decoded(json.loads(call[1])["edxml"]))


def _inline(call: Call) -> Seen:
    said = json.loads(call[1])
    return Seen(
        "",
        said_as(Edoc, said["fields"]),
        tuple((one["name"], hash_of(_decoded(one["base64"]))) for one in said["files"]),
    )


def _attached(call: Call) -> Seen:
    parts = [(str(one.get_param("name", header="content-disposition")), one) for one in _parts(call)]
    fields = {name: _content(one).decode() for name, one in parts if name != "files"}
    files = tuple((str(one.get_filename()), hash_of(_content(one))) for name, one in parts if name == "files")
    return Seen("", said_as(Edoc, fields), files)


def _linked(call: Call) -> Seen:
    """Its files are where it was told to fetch them."""
    said = json.loads(call[1])
    files = tuple((one["name"], hash_of(_fetched(one["link"]))) for one in said["files"])
    return Seen("", said_as(Edoc, said["fields"]), files)


def _fetched(link: str) -> bytes:
    """What stands at an address that the partner was given, and all it was given."""
    parts = urlsplit(link)
    connection = http.client.HTTPConnection(parts.netloc, timeout=30)
    try:
        connection.request("GET", parts.path)
        answer = connection.getresponse()
        assert answer.status == 200, link
        return answer.read()
    finally:
        connection.close()


def _enveloped(call: Call) -> Seen:
    wrote = _wrote(call)
    return as_it_is(wrote.bytes_of(wrote.call.find("{*}document")))


def _parameters(call: Call) -> Seen:
    wrote = _wrote(call)
    told = {one.findtext("{*}name") or "": one.findtext("{*}value") or "" for one in wrote.call.iterfind(".//{*}field")}
    files = tuple(
        (one.findtext("{*}name") or "", hash_of(wrote.bytes_of(one.find("{*}content"))))
        for one in wrote.call.iterfind("{*}file")
    )
    return Seen("", said_as(Edoc, told), files)


def _wrote(call: Call) -> Wrote:
    type_, body = call
    wrote = read(body, type_)
    assert wrote
    return wrote


def _json(names: list[str], file: str) -> str:
    """Fields under their own names, and files."""
    fields = ", ".join(f'"{name}": "{{{name}}}"' for name in names)
    return f'{{kind: json, value: {{fields: {{{fields}}}, files: {{"{{files}}": {{name: "{{file.name}}", {file}}}}}}}}}'


def _multipart(names: list[str]) -> str:
    fields = ", ".join(f'{{name: "{name}", value: "{{{name}}}"}}' for name in names)
    return f"{{kind: multipart, parts: [{fields}, {{name: files, file: files}}]}}"


def _operation(given: str) -> str:
    """Parameters of SendDocument, and these."""
    return f'{{documentId: "{{docId}}", type: "{{type}}", to: "{{recipient}}", {given}}}'


def _each(names: list[str]) -> str:
    """Fields one by one under their own names, and files."""
    fields = ", ".join(f'{{name: {name}, value: "{{{name}}}"}}' for name in names)
    file = '{"{files}": {name: "{file.name}", content: "{file.base64}"}}'
    return _operation(f"fields: {{field: [{fields}]}}, file: {file}")


def _partner(number: int, name: str) -> Partner:
    return Partner(name, f"000.00.{number}.H62", "", b"", f"key of {name}".encode())


FORMS = (
    Form(_partner(21, "raw"), "{kind: raw}", lambda call: as_it_is(call[1])),
    Form(_partner(22, "part"), "{kind: multipart, parts: [{name: edocFile, file: edxml}]}", _part),
    Form(_partner(23, "base64"), '{kind: json, value: {edxml: "{edxml.base64}"}}', _in_json),
    Form(_partner(24, "inline"), _json(_ELEMENTS, 'base64: "{file.base64}"'), _inline, frozenset(_ELEMENTS)),
    Form(_partner(26, "linked"), _json(_ELEMENTS, 'link: "{file.link}"'), _linked, frozenset(_ELEMENTS)),
    Form(_partner(25, "attached"), _multipart(_WORDS), _attached, frozenset(WORDS[Edoc][word] for word in _WORDS)),
    SoapForm(_partner(41, "soap"), _operation('document: "{edxml.base64}"'), _enveloped),
    SoapForm(_partner(42, "mtom"), _operation('document: "{edxml.base64}"'), _enveloped, attachments="mtom"),
    SoapForm(
        _partner(43, "swa"),
        _each(_WORDS),
        _parameters,
        frozenset(WORDS[Edoc][word] for word in _WORDS),
        attachments="swa",
    ),
)


@dataclass(frozen=True)
class Kept:
    """The partners of all forms. ``url`` is where they are; ``calls`` what they were sent, by form."""

    url: str
    calls: Mapping[str, SimpleQueue[Call]]

    def seen(self, form: Form) -> list[Seen]:
        """What came in that form since this was last asked."""
        calls = self.calls[form.partner.name]
        return [form.read(calls.get()) for _ in range(calls.qsize())]


@contextmanager
def partners() -> Iterator[Kept]:
    """The partners of all forms, listening."""
    server = _Server()
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield Kept(f"http://127.0.0.1:{server.server_port}", server.calls)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self) -> None:
        self.calls: dict[str, SimpleQueue[Call]] = {form.partner.name: SimpleQueue() for form in FORMS}
        super().__init__(("127.0.0.1", 0), _Handler)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """What describes the partners that are called by SOAP."""
        url = f"http://127.0.0.1:{cast('_Server', self.server).server_port}"
        self._answer((_SCHEMA if self.path.endswith(".xsd") else wsdl(url)).encode())

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        cast("_Server", self.server).calls[self.path.strip("/")].put((self.headers["Content-Type"], body))
        self._answer(_DONE if "xml" in self.headers["Content-Type"] else b"{}")

    def _answer(self, body: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/xml" if body.startswith(b"<") else "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Says nothing."""


def _parts(call: Call) -> list[EmailMessage]:
    type_, body = call
    whole = email.message_from_bytes(f"Content-Type: {type_}\r\n\r\n".encode() + body, policy=email.policy.HTTP)
    return cast("list[EmailMessage]", whole.get_payload())


def _content(one: EmailMessage) -> bytes:
    return cast("bytes", one.get_payload(decode=True))


def _decoded(text: str) -> bytes:
    return base64.b64decode(text, validate=True)
