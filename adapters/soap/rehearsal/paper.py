"""Envelopes as a played partner reads and writes them: nothing of it is the client's, so that each can be held to the other."""

from __future__ import annotations

import base64
import binascii
import email
import email.policy
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import cast

from lxml import etree

from adapters.http.stage import Reply

SOAP11 = "http://schemas.xmlsoap.org/soap/envelope/"
SOAP12 = "http://www.w3.org/2003/05/soap-envelope"
NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"
_XOP = "{http://www.w3.org/2004/08/xop/include}Include"

Node = etree._Element  # noqa: SLF001 - the library has no other name for it


@dataclass(frozen=True, slots=True)
class Wrote:
    """A call as it came: its envelope, and its parts by Content-ID."""

    envelope: Node
    parts: Mapping[str, bytes] = field(default_factory=dict)

    @property
    def soap(self) -> str:
        """The namespace of its version."""
        return str(etree.QName(self.envelope).namespace)

    @property
    def call(self) -> Node:
        """What stands in its body."""
        return next(self.envelope.iterfind(f"{{{self.soap}}}Body/*"), etree.Element("nothing"))

    @property
    def header(self) -> list[Node]:
        """What stands in its header."""
        return list(self.envelope.iterfind(f"{{{self.soap}}}Header/*"))

    def text(self, name: str) -> str:
        """A member of the call as text; '' without it."""
        return self.call.findtext(f"{{*}}{name}") or ""

    def bytes_of(self, node: Node | None) -> bytes:
        """What a node holds: base64 where it stands, or a part that it includes or names. Raises binascii.Error."""
        if node is None:
            return b""
        include = node.find(_XOP)
        text = (include.get("href") if include is not None else node.text) or ""
        if text.startswith("cid:"):
            return self.parts[text.removeprefix("cid:")]
        return base64.b64decode(text, validate=True)


def read(body: bytes, content_type: str) -> Wrote | None:
    """A call; None for what is none."""
    try:
        if not content_type.startswith("multipart/related"):
            return Wrote(_parsed(body))
        first, *others = _parts(body, content_type)
        return Wrote(_parsed(_content(first)), {str(one["Content-ID"]).strip("<>"): _content(one) for one in others})
    except (etree.XMLSyntaxError, ValueError, binascii.Error):
        return None


def answer(wrote: Wrote, name: str, members: Mapping[str, object], *, header: list[Node] | None = None) -> Reply:
    """An envelope of the call's version, with an element of this name (``{namespace}local``) in its body."""
    envelope = etree.Element(f"{{{wrote.soap}}}Envelope", nsmap={"s": wrote.soap})
    if header:
        etree.SubElement(envelope, f"{{{wrote.soap}}}Header").extend(header)
    body = etree.SubElement(envelope, f"{{{wrote.soap}}}Body")
    _put(etree.SubElement(body, name), etree.QName(name).namespace, members)
    return Reply(200, written(envelope), content_type=_type_of(wrote.soap))


def fault(soap: str, code: str, words: str, *, status: int = 500, detail: str = "") -> Reply:
    """A fault of either version; ``code`` is a version 1.1's (``Client``, ``Server.X``), or one of WS-Security."""
    envelope = etree.Element(f"{{{soap}}}Envelope", nsmap={"s": soap})
    one = etree.SubElement(etree.SubElement(envelope, f"{{{soap}}}Body"), f"{{{soap}}}Fault")
    if soap == SOAP12:
        first, _, sub = code.partition(".")
        node = etree.SubElement(one, f"{{{soap}}}Code")
        newer = {"Client": "Sender", "Server": "Receiver"}.get(first, first)
        etree.SubElement(node, f"{{{soap}}}Value").text = f"s:{newer}"
        if sub:
            below = etree.SubElement(node, f"{{{soap}}}Subcode")
            etree.SubElement(below, f"{{{soap}}}Value").text = f"s:{sub}"
        etree.SubElement(etree.SubElement(one, f"{{{soap}}}Reason"), f"{{{soap}}}Text").text = words
    else:
        etree.SubElement(one, "faultcode").text = f"s:{code}"
        etree.SubElement(one, "faultstring").text = words
        etree.SubElement(etree.SubElement(one, "detail"), "faultDetail").text = detail
    return Reply(status, written(envelope), content_type=_type_of(soap))


def written(envelope: Node) -> bytes:
    """XML as it goes out."""
    return etree.tostring(envelope, encoding="utf-8", xml_declaration=True)


def _put(node: Node, namespace: str | None, members: Mapping[str, object]) -> None:
    for name, value in members.items():
        for one in value if isinstance(value, list) else [value]:
            child = etree.SubElement(node, f"{{{namespace}}}{name}" if namespace else name)
            if one is None:
                child.set(NIL, "true")
            elif isinstance(one, Mapping):
                _put(child, namespace, one)
            else:
                child.text = str(one)


def _type_of(soap: str) -> str:
    return "application/soap+xml; charset=utf-8" if soap == SOAP12 else "text/xml; charset=utf-8"


def _parsed(body: bytes) -> Node:
    return etree.fromstring(body, etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True))


def _parts(body: bytes, content_type: str) -> list[EmailMessage]:
    whole = email.message_from_bytes(f"Content-Type: {content_type}\r\n\r\n".encode() + body, policy=email.policy.HTTP)
    return cast("list[EmailMessage]", whole.get_payload())


def _content(one: EmailMessage) -> bytes:
    return cast("bytes", one.get_payload(decode=True))
