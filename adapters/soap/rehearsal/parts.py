"""An answer whose document is a part of its own (MTOM)."""

from __future__ import annotations

import base64
from dataclasses import replace

from lxml import etree

from adapters.http.stage import Reply
from adapters.soap.rehearsal.paper import written

_XOP = "http://www.w3.org/2004/08/xop/include"
_BOUNDARY = "phan-cua-hop-thu"


def with_part(reply: Reply, namespace: str) -> Reply:
    """The same answer with the content of its ``document`` behind the envelope."""
    assert isinstance(reply.body, bytes)
    envelope = etree.fromstring(reply.body, etree.XMLParser(resolve_entities=False, huge_tree=True))
    (node,) = envelope.iter(f"{{{namespace}}}document")
    content = base64.b64decode(node.text or "")
    node.text = None
    etree.SubElement(node, f"{{{_XOP}}}Include", href="cid:document@rehearsal")
    kind = reply.content_type.partition(";")[0]
    root = _part(f'application/xop+xml; charset=utf-8; type="{kind}"', "root@rehearsal", written(envelope))
    body = root + _part("application/octet-stream", "document@rehearsal", content) + f"--{_BOUNDARY}--\r\n".encode()
    content_type = (
        f'multipart/related; type="application/xop+xml"; start="<root@rehearsal>"; start-info="{kind}"; '
        f'boundary="{_BOUNDARY}"'
    )
    return replace(reply, body=body, content_type=content_type)


def _part(content_type: str, cid: str, content: bytes) -> bytes:
    head = f"--{_BOUNDARY}\r\nContent-Type: {content_type}\r\nContent-Transfer-Encoding: binary\r\nContent-ID: <{cid}>\r\n\r\n"
    return head.encode() + content + b"\r\n"
