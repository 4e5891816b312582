"""A played exchange of documents by SOAP, either version: it takes, finds, lists, hands out and hears of what became.

It stands for no real service. Behind X-Road it repeats the header of a call, as providers do.
"""

from __future__ import annotations

import binascii
import copy
import hashlib
import re
from collections.abc import Callable, Mapping
from importlib.resources import files
from string import Template

from lxml import etree

from adapters.http.rehearsal.orders import TOKEN, Order
from adapters.http.rehearsal.papers import Shelves
from adapters.http.rehearsal.partner import Asked
from adapters.http.stage import Head, Reply
from adapters.soap.rehearsal.paper import SOAP11, Node, Wrote, answer, fault, read
from adapters.soap.rehearsal.parts import with_part

NAMESPACE = "urn:lienthong:rehearsal:documents"
OPERATIONS = ("SendDocument", "FindDocument", "ListDocuments", "GetDocument", "UpdateStatus")
_XROAD = "http://x-road.eu/xsd/xroad.xsd"
_REPRESENTATION = "http://x-road.eu/xsd/representation.xsd"
_ACTION = re.compile(rb'action="?([^";]*)')
Told = Mapping[str, object]


class Documents:
    """Documents by their sender's id. ``mtom``: what is fetched comes as a part; ``operations``: those its WSDL has."""

    needed = frozenset({"docId"})

    def __init__(self, now: Callable[[], int], *, mtom: bool = False, operations: tuple[str, ...] = OPERATIONS) -> None:
        self.shelves = Shelves(now, "SOAP")
        self.mtom = mtom
        self.operations = operations
        self.schema = schema()
        #: The last calls as they came.
        self.wrote: list[Wrote] = []
        #: What an answer's header says, in place of what its call's did.
        self.repeat: Callable[[list[Node]], list[Node]] = lambda header: header
        self._calls: Mapping[str, Callable[[Wrote], Told]] = {
            "SendDocument": self._send,
            "FindDocument": self._find,
            "ListDocuments": self._list,
            "GetDocument": self._get,
            "UpdateStatus": self._update,
        }

    def call(self, head: Head) -> str:
        """The operation, by its action; what is asked for by GET, an order has to name."""
        if head.method == "GET":
            return TOKEN
        action = head.headers.get(b"soapaction", b"").strip(b'"')
        if not action:
            found = _ACTION.search(head.headers.get(b"content-type", b""))
            action = found[1] if found else b""
        return action.decode("latin-1").rpartition("/")[2]

    def answer(self, asked: Asked) -> Reply:
        if asked.call == TOKEN:
            return self._described(asked)
        wrote = read(asked.body, asked.header("content-type"))
        if wrote is None or asked.call not in self._calls:
            return fault(SOAP11, "Client", "Không đọc được yêu cầu")
        self.wrote.append(wrote)
        return self._answered(wrote, asked.call, self._calls[asked.call](wrote))

    def refusal(self, order: Order) -> Reply:
        return fault(SOAP11, order.code or "Client", "Đơn vị nhận không tồn tại", status=order.status or 500)

    def denial(self) -> Reply:
        return Reply(401, b"")

    def leave(self, body: bytes, type_: str) -> str:
        return self.shelves.leave(body, type_)

    def account(self) -> Mapping[str, object]:
        return self.shelves.account()

    def _answered(self, wrote: Wrote, operation: str, told: Told) -> Reply:
        name = f"{{{NAMESPACE}}}{operation}Response"
        header = self._repeated(wrote)
        reply = answer(wrote, name, told, header=header)
        return with_part(reply, NAMESPACE) if self.mtom and "document" in told else reply

    def _repeated(self, wrote: Wrote) -> list[Node]:
        """X-Road's header, as a provider's server gives it back."""
        header = [copy.deepcopy(one) for one in wrote.header if etree.QName(one).namespace in {_XROAD, _REPRESENTATION}]
        if header:
            digest = etree.Element(f"{{{_XROAD}}}requestHash", algorithmId="http://www.w3.org/2001/04/xmlenc#sha512")
            digest.text = "aGFzaA=="
            header.append(digest)
        return self.repeat(header)

    def _send(self, wrote: Wrote) -> Told:
        node = wrote.call.find("{*}document")
        try:
            body = wrote.text("text").encode() if node is None else wrote.bytes_of(node)
            sent = [{"name": one.findtext("{*}name"), "sha256": _hex(wrote.bytes_of(one.find("{*}content")))}
                for one in wrote.call.iterfind("{*}file")]  # fmt: skip
        except (binascii.Error, KeyError):
            return {"result": _result("10", "Nội dung không hợp lệ")}
        fields = {
            one.findtext("{*}name"): one.findtext("{*}value") or "" for one in wrote.call.iterfind("{*}fields/{*}field")
        }
        told = {"type": wrote.text("type"), "to": wrote.text("to"), "fields": fields, "files": sent}
        kept, new = self.shelves.take(wrote.text("documentId"), body, told)
        result = _result("0", "") if new else _result("1", "Văn bản đã tồn tại")
        return {"result": result, "docId": kept.doc_id}

    def _find(self, wrote: Wrote) -> Told:
        found = self.shelves.taken.get(wrote.text("documentId"))
        if found is None:
            return {"result": _result("404", "Không có văn bản này")}
        return {"result": _result("0", ""), "docId": found.doc_id, "sha256": found.sha256}

    def _list(self, wrote: Wrote) -> Told:
        waiting = self.shelves.waiting(wrote.text("type"))
        items = [{"docId": one.doc_id, "to": "", "status": one.state, "created": one.at // 1000} for one in waiting]
        return {"result": _result("0", ""), "items": {"item": items}}

    def _get(self, wrote: Wrote) -> Told:
        found = self.shelves.find(wrote.text("docId"))
        if found is None:
            return {"result": _result("404", "Không có văn bản này")}
        return {"result": _result("0", ""), "document": binascii.b2a_base64(found.content, newline=False).decode()}

    def _update(self, wrote: Wrote) -> Told:
        found = self.shelves.find(wrote.text("docId"))
        if found is None:
            return {"result": _result("404", "Không có văn bản này")}
        found.state, found.reason = wrote.text("status"), wrote.text("reason")
        return {"result": _result("0", "")}

    def _described(self, asked: Asked) -> Reply:
        url = f"http://{asked.header('host')}"
        if asked.head.path.endswith(".xsd"):
            return Reply(200, self.schema.encode(), content_type="text/xml")
        return Reply(200, wsdl(url, self.operations).encode(), content_type="text/xml")


def wsdl(url: str, operations: tuple[str, ...] = OPERATIONS) -> str:
    """The description of such an exchange at this address."""
    made = {name: "\n".join(Template(text).substitute(op=one) for one in operations) for name, text in _EACH.items()}
    return Template(_text("documents.wsdl")).substitute(url=url, **made)


def schema() -> str:
    """The types it imports."""
    return _text("documents.xsd")


def _result(code: str, message: str) -> Told:
    return {"code": code, "message": message}


def _hex(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _text(name: str) -> str:
    return files(__package__ or "").joinpath(name).read_text("utf-8")


def _binding(prefix: str) -> str:
    return (
        f'    <operation name="$op"><{prefix}:operation soapAction="{NAMESPACE}/$op"/>'
        f'<input><{prefix}:body use="literal"/></input><output><{prefix}:body use="literal"/></output></operation>'
    )


_EACH = {
    "messages": '  <message name="$op"><part name="parameters" element="t:$op"/></message>\n'
    '  <message name="${op}Response"><part name="parameters" element="t:${op}Response"/></message>',
    "operations": '    <operation name="$op"><input message="t:$op"/><output message="t:${op}Response"/></operation>',
    "bindings11": _binding("soap"),
    "bindings12": _binding("soap12"),
}
