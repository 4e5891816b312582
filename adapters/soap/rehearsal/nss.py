"""A played gateway of documents in the manner of the NSS Gateway: Axis 1, RPC with encoded values, behind HTTP Basic.

Its operations are known by name; what answers say is our guess, as the dialect's is (``client/dialects/nss-gateway.toml``).
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Mapping
from types import MappingProxyType

from lxml import etree

from adapters.http.keys import basic
from adapters.http.rehearsal.orders import TOKEN, Order
from adapters.http.rehearsal.papers import Shelves
from adapters.http.rehearsal.partner import Asked
from adapters.http.stage import Head, Reply
from adapters.soap.rehearsal.paper import SOAP11, Wrote, fault, read, written
from adapters.soap.rehearsal.wsdls import Rpc, rpc_wsdl

NAMESPACE = "http://service.gateway.nss"
PATH = "/gw-portlet/api/secure/axis/Plugin_NSSGateway_NSSGatewayService"
_ENCODING = "{http://schemas.xmlsoap.org/soap/encoding/}"
_OPERATIONS: Rpc = MappingProxyType(
    {
        "sendMessageEdxml": (("xml",), "xs:string"),
        "getEdxmlMessageIds": ((), "t:Texts"),
        "getEdxmlMessage": (("id",), "xs:string"),
        "updateReceiveFinish": (("id",), "xs:string"),
        "updateErrorMessage": (("id", "error"), "xs:string"),
    }
)


class NssGateway:
    """Documents by what is in them, for and from one user."""

    needed = frozenset[str]()

    def __init__(self, user: str, password: str, now: Callable[[], int]) -> None:
        self.shelves = Shelves(now, "NSS")
        self._known = basic(user, password)
        self._calls: Mapping[str, Callable[[Wrote], str | list[str]]] = {
            "sendMessageEdxml": self._send,
            "getEdxmlMessageIds": lambda _: [one.doc_id for one in self.shelves.waiting("edoc")],
            "getEdxmlMessage": self._get,
            "updateReceiveFinish": lambda wrote: self._settle(wrote, "done"),
            "updateErrorMessage": lambda wrote: self._settle(wrote, "fail"),
        }

    def call(self, head: Head) -> str:
        """Axis 1 names no actions: every call is the same until it is read."""
        if head.path != PATH:
            return ""
        return TOKEN if head.method == "GET" else "call"

    def answer(self, asked: Asked) -> Reply:
        if not hmac.compare_digest(asked.header("authorization"), self._known):
            return self.denial()
        if asked.call == TOKEN:
            url = f"http://{asked.header('host')}{PATH}"
            return Reply(200, rpc_wsdl(NAMESPACE, url, _OPERATIONS).encode(), content_type="text/xml")
        wrote = read(asked.body, asked.header("content-type"))
        name = etree.QName(wrote.call).localname if wrote else ""
        if wrote is None or name not in self._calls:
            return fault(SOAP11, "Client", "Không có hàm này")
        return _told(name, self._calls[name](wrote))

    def refusal(self, order: Order) -> Reply:
        return fault(SOAP11, order.code or "Server.userException", "Không gửi được", status=order.status or 500)

    def denial(self) -> Reply:
        return Reply(401, b"", {"WWW-Authenticate": 'Basic realm="gateway"'})

    def leave(self, body: bytes, type_: str) -> str:
        return self.shelves.leave(body, type_)

    def account(self) -> Mapping[str, object]:
        return self.shelves.account()

    def _send(self, wrote: Wrote) -> str:
        body = wrote.text("xml").encode()
        return self.shelves.take(hashlib.sha256(body).hexdigest(), body, {})[0].doc_id

    def _get(self, wrote: Wrote) -> str:
        found = self.shelves.find(wrote.text("id"))
        return found.content.decode() if found else ""

    def _settle(self, wrote: Wrote, state: str) -> str:
        found = self.shelves.find(wrote.text("id"))
        if found:
            found.state, found.reason = state, wrote.text("error")
        return "OK" if found else ""


def _told(name: str, value: str | list[str]) -> Reply:
    envelope = etree.Element(f"{{{SOAP11}}}Envelope", nsmap={"soapenv": SOAP11})
    body = etree.SubElement(envelope, f"{{{SOAP11}}}Body")
    one = etree.SubElement(etree.SubElement(body, f"{{{NAMESPACE}}}{name}Response"), f"{name}Return")
    if isinstance(value, list):
        one.set(f"{_ENCODING}arrayType", f"xsd:string[{len(value)}]")
        for text in value:
            etree.SubElement(one, f"{name}Return").text = text
    else:
        one.text = value
    return Reply(200, written(envelope), content_type="text/xml; charset=utf-8")
