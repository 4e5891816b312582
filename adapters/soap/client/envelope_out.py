"""An envelope as the body of an HTTP request: alone, or as the first of several parts (MTOM, SOAP with Attachments)."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping

from lxml import etree

from adapters.soap.client.description import Drawn
from adapters.soap.client.marks import Marked, Marks
from bus.bodies import Body, Joined

_LINE = b"\r\n"
_ROOT = "envelope@bus"
_TYPE = re.compile(r"[!-~]+/[ -~]+")


def enveloped(drawn: Drawn, marks: Marks) -> tuple[Body, Mapping[str, str]]:
    """The body and the headers it needs."""
    xml = etree.tostring(drawn.envelope, encoding="utf-8", xml_declaration=True)
    envelope = Joined(tuple(marks.outward(xml)))
    parts = marks.parts()
    if not parts:
        return envelope, _headers(drawn, _plain_type(drawn))
    boundary = f"bus-{secrets.token_hex(16)}"
    return _multipart(drawn, marks, envelope, boundary), _headers(drawn, _related_type(drawn, marks, boundary))


def _headers(drawn: Drawn, content_type: str) -> Mapping[str, str]:
    return {"Content-Type": content_type, **({} if drawn.newer else {"SOAPAction": f'"{drawn.action}"'})}


def _media_type(drawn: Drawn) -> str:
    return "application/soap+xml" if drawn.newer else "text/xml"


def _plain_type(drawn: Drawn) -> str:
    action = f'; action="{drawn.action}"' if drawn.newer and drawn.action else ""
    return f"{_media_type(drawn)}; charset=utf-8{action}"


def _related_type(drawn: Drawn, marks: Marks, boundary: str) -> str:
    """The type of the whole; what the root is, it says twice."""
    type_ = "application/xop+xml" if marks.way == "mtom" else _media_type(drawn)
    info = f'; start-info="{_media_type(drawn)}"' if marks.way == "mtom" else ""
    action = f'; action="{drawn.action}"' if drawn.newer and drawn.action else ""
    return f'multipart/related; type="{type_}"; start="<{_ROOT}>"{info}; boundary="{boundary}"{action}'


def _multipart(drawn: Drawn, marks: Marks, envelope: Body, boundary: str) -> Body:
    mark = f"--{boundary}".encode()
    root_type = _plain_type(drawn)
    if marks.way == "mtom":
        root_type = f'application/xop+xml; charset=utf-8; type="{_media_type(drawn)}"'
    made: list[bytes | Body] = [mark + _LINE + _head(root_type, _ROOT), envelope, _LINE]
    for cid, value in marks.parts():
        made += [mark + _LINE + _head(_safe_type(value), cid), value.body, _LINE]
    return Joined((*made, mark + b"--" + _LINE))


def _safe_type(value: Marked) -> str:
    return value.media_type if _TYPE.fullmatch(value.media_type) else "application/octet-stream"


def _head(content_type: str, cid: str) -> bytes:
    lines = (f"Content-Type: {content_type}", "Content-Transfer-Encoding: binary", f"Content-ID: <{cid}>")
    return "".join(f"{line}\r\n" for line in (*lines, "")).encode()
