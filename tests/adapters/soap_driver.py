"""One partner's software on ``/soap/documents``: envelopes written by hand, answers read by a parser of another's making."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from xml.etree import ElementTree as ET
from xml.sax.saxutils import escape

from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.types import Receive, Scope, Send

from adapters.api.face import ApiFace
from adapters.soap.door.face import SoapFace
from bus.catalogue import CATALOGUE
from bus.desk import Desk
from tests.adapters.api_driver import ApiDriver
from tests.asgi import Client, Reply
from tests.contracts.face import AckWord, Listed, Outboxed, Partner, Said
from tests.fake_desk import FakeDesk

ADDRESS = "192.0.2.10"
SOAP_11 = "http://schemas.xmlsoap.org/soap/envelope/"
SOAP_12 = "http://www.w3.org/2003/05/soap-envelope"
TYPES = {SOAP_11: "text/xml; charset=utf-8", SOAP_12: "application/soap+xml; charset=utf-8"}
NS = "urn:lienthong-bus:documents:1"
WSA = "http://www.w3.org/2005/08/addressing"
XOP = "http://www.w3.org/2004/08/xop/include"
BOUNDARY = "----soap7Fm"


def envelope(body: str, header: str = "", version: str = SOAP_11) -> bytes:
    head = f"<s:Header>{header}</s:Header>" if header else ""
    return f'<?xml version="1.0"?><s:Envelope xmlns:s="{version}">{head}<s:Body>{body}</s:Body></s:Envelope>'.encode()


def asked(operation: str, inside: str = "") -> str:
    return f'<{operation} xmlns="{NS}">{inside}</{operation}>'


def field(name: str, value: str) -> str:
    return f"<{name}>{escape(value)}</{name}>"


def sending(document: str, to: Sequence[str] = ()) -> str:
    recipients = "".join(field("recipient", code) for code in to)
    return asked("SendDocument", f"{recipients}<document>{document}</document>")


def inline(body: bytes) -> str:
    return base64.b64encode(body).decode()


def include(content_id: str = "doc@x") -> str:
    return f'<xop:Include xmlns:xop="{XOP}" href="cid:{content_id}"/>'


@dataclass(frozen=True)
class Part:
    content_id: str
    content: bytes
    type: str = "application/octet-stream"
    more: str = ""

    def bytes(self) -> bytes:
        head = f"Content-ID: <{self.content_id}>\r\nContent-Type: {self.type}\r\nContent-Transfer-Encoding: binary\r\n"
        return f"--{BOUNDARY}\r\n{head}{self.more}\r\n".encode() + self.content + b"\r\n"


def root(content: bytes, version: str = SOAP_11) -> Part:
    return Part("root@x", content, f'application/xop+xml; charset=UTF-8; type="{TYPES[version].partition(";")[0]}"')


def package(*parts: Part) -> bytes:
    return b"".join(part.bytes() for part in parts) + f"--{BOUNDARY}--\r\n".encode()


def package_type(version: str = SOAP_11, start: str = "<root@x>") -> str:
    said = f'multipart/related; type="application/xop+xml"; start="{start}"; boundary="{BOUNDARY}"'
    return f'{said}; start-info="{TYPES[version].partition(";")[0]}"'


def basic(name: str, secret: bytes) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(name.encode() + b":" + secret).decode()}


class SoapDriver:
    """Shows its system id and key by HTTP Basic with every call."""

    def __init__(self, client: Client, partner: Partner, version: str = SOAP_11, *, beside: bool = False) -> None:
        self._client = client
        self._partner = partner
        self.version = version
        self._beside = beside

    def credentials(self) -> dict[str, str]:
        return basic(self._partner.system_id, self._partner.secret)

    def post(self, body: bytes, headers: Mapping[str, str] | None = None, **more: bool) -> Reply:
        said = {"Content-Type": TYPES[self.version], **self.credentials(), **(headers or {})}
        return self._client.call("POST", "/soap/documents", said, body, **more)

    def call(
        self, operation: str, inside: str = "", header: str = "", headers: Mapping[str, str] | None = None
    ) -> Reply:
        return self.post(envelope(asked(operation, inside), header, self.version), headers)

    def send(self, body: bytes, to: Sequence[str] = (), type_: str = "edoc") -> Said:
        if self._beside:
            held = root(envelope(sending(include(), to), version=self.version), self.version)
            reply = self.post(package(held, Part("doc@x", body)), {"Content-Type": package_type(self.version)})
        else:
            reply = self.post(envelope(sending(inline(body), to), version=self.version))
        return said(reply, "messageId")

    def send_raw(self, body: bytes, message_id: str = "") -> Reply:
        """The document inline, as a message that says what it is called."""
        header = f'<a:MessageID xmlns:a="{WSA}">{message_id}</a:MessageID>' if message_id else ""
        return self.post(envelope(sending(inline(body)), header, self.version))

    def listed(self, type_: str = "edoc") -> list[Listed]:
        reply = self.call("GetReceivedList", field("messageType", type_))
        names = ("docId", "sender", "recipient", "status")
        return [Listed(*(row.findtext(f"{{{NS}}}{name}") or "" for name in names)) for row in answer(reply)]

    def fetch(self, doc_id: str) -> Said:
        accept = {"Accept": "multipart/related, text/xml"} if self._beside else {}
        reply = self.call("GetDocument", field("docId", doc_id), headers=accept)
        return Said(200, body=document(reply)) if reply.status == 200 else said(reply)

    def ack(self, doc_id: str, word: AckWord, reason: str = "") -> Said:
        inside = field("docId", doc_id) + field("status", word) + (field("description", reason) if reason else "")
        return said(self.call("UpdateStatus", inside))

    def outbox(self, message_id: str, type_: str = "edoc") -> list[Outboxed]:
        """These calls know no outbox: the same system asks for it at the native door."""
        return ApiDriver(self._client, self._partner).outbox(message_id, type_)


def client_of(desk: Desk) -> Client:
    """A caller of the face over ``desk``, and of the native one, mounted where the listener mounts them."""
    soap, native = SoapFace(), _Native(desk)
    return Client(Starlette(routes=[Mount(soap.path, soap.mount(desk)), Mount(ApiFace.path, native)]), ADDRESS)


class _Native:
    """The native face, made when it is first called: that takes longer than most tests here."""

    def __init__(self, desk: Desk) -> None:
        self._app = cache(lambda: ApiFace().mount(desk))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._app()(scope, receive, send)


def body_of(xml: bytes) -> ET.Element:
    (inside,) = ET.fromstring(xml).find("{*}Body") or ()
    return inside


def answer(reply: Reply) -> ET.Element:
    """What the Body of an answer that says yes holds."""
    inside = body_of(reply.body)
    assert reply.status == 200, reply.body
    assert inside.tag.startswith(f"{{{NS}}}"), inside.tag
    return inside


def document(reply: Reply) -> bytes:
    """The document of an answer, as it came: inline, or as the part its place leads to."""
    kind = reply.headers["content-type"]
    if not kind.startswith("multipart/related"):
        return base64.b64decode(answer(reply).findtext(f"{{{NS}}}document") or "", validate=True)
    boundary = kind.partition('boundary="')[2].partition('"')[0].encode()
    _, first, second, end = (
        reply.body.replace(b"--" + boundary, b"\0\0cut", 1).replace(b"\r\n--" + boundary, b"\0\0cut").split(b"\0\0cut")
    )
    assert end == b"--\r\n"
    (place,) = body_of(first.partition(b"\r\n\r\n")[2]).find(f"{{{NS}}}document") or ()
    head, _, content = second.partition(b"\r\n\r\n")
    assert place.tag == f"{{{XOP}}}Include"
    assert f"<{place.attrib['href'].removeprefix('cid:')}>".encode() in head
    return content


@dataclass(frozen=True)
class Told:
    """A fault: its code without the prefix, ours in the detail, and the words there."""

    fault: str
    code: str
    detail: str
    subcode: str = ""


def told(reply: Reply) -> Told:
    """A fault, which must be whole, of the version of its Content-Type and with the status that asks for."""
    fault = body_of(reply.body)
    version = ET.fromstring(reply.body).tag[1:].partition("}")[0]
    assert reply.headers["content-type"] == TYPES[version]
    assert fault.tag == f"{{{version}}}Fault"
    if version == SOAP_11:
        (code, reason, detail), subcode = list(fault), ""
        assert [one.tag for one in fault] == ["faultcode", "faultstring", "detail"]
        prefix, _, name = (code.text or "").partition(":")
        if prefix != "soap":
            name, subcode = "Client", name
    else:
        named, reasons, detail = fault
        values = [one.text or "" for one in named.iter(f"{{{version}}}Value")]
        name, subcode = values[0].removeprefix("soap:"), (values[1:] or [":"])[0].partition(":")[2]
        reason = reasons[0]
        assert [one.attrib["{http://www.w3.org/XML/1998/namespace}lang"] for one in reasons] == ["vi", "en"]
    assert reason.text
    (refusal,) = detail
    values_by = {one.tag.partition("}")[2]: one.text or "" for one in refusal}
    entry = CATALOGUE[values_by["code"]]
    assert (values_by["what"], values_by["todo"]) == (entry.what, entry.todo)
    assert (values_by["whatVi"], values_by["todoVi"]) == (entry.what_vi, entry.todo_vi)
    assert reply.headers["x-bus-code"] == entry.code
    return Told(name, entry.code, values_by.get("detail", ""), subcode)


def refused(desk: FakeDesk, reply: Reply, code: str, fault: str = "Sender") -> str:
    """The detail of a fault of this code, after which nothing is left."""
    said = told(reply)
    names = {"Sender": {"Client", "Sender"}, "Receiver": {"Server", "Receiver"}}.get(fault, {fault})
    assert (said.code, said.fault in names) == (code, True)
    assert reply.status == (400 if said.fault == "Sender" else 500)
    assert desk.inbounds == []
    return said.detail


def said(reply: Reply, id_: str = "") -> Said:
    """The answer as contracts speak of it: a refusal by the status its code has at doors that speak HTTP plainly."""
    if reply.status == 200:
        return Said(200, id=(answer(reply).findtext(f"{{{NS}}}{id_}") or "") if id_ else "")
    fault = told(reply)
    expected = {SOAP_11: 500, SOAP_12: 400 if fault.fault == "Sender" else 500}[
        ET.fromstring(reply.body).tag[1:].partition("}")[0]
    ]
    assert reply.status in {expected, 401, 404, 405, 415}
    return Said(CATALOGUE[fault.code].http, fault.code)
