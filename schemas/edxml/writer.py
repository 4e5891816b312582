"""Writes messages as the axis's own software does: literal prefix, its order, its packing.

What we write ourselves is checked first (``check``). A message that was read may be written again as it is, with
what is odd or unknown in it (``relaying``); the bus itself forwards the bytes instead. Files go from their file
objects to ``out`` in pieces.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import BinaryIO

from schemas.edxml import paths
from schemas.edxml.body_out import body, label
from schemas.edxml.check import check
from schemas.edxml.enclose import Enclosure, encode
from schemas.edxml.foreign import Bag
from schemas.edxml.models.messages import Edoc, Message
from schemas.edxml.names import NAMESPACE, PREFIX
from schemas.edxml.nodes import Branch, Part, Verbatim, lines
from schemas.edxml.render import render

_OPEN = (
    f'<?xml version="1.0" encoding="UTF-8"?>\n<edXML xmlns="{NAMESPACE}">\n'
    f'  <{PREFIX}:edXMLEnvelope xmlns:{PREFIX}="{NAMESPACE}">\n'
)
_CONTENT = f'      <{PREFIX}:ContentTransferEncoded xmlns:{PREFIX}="{NAMESPACE}">'
_CONTENT_END = f"</{PREFIX}:ContentTransferEncoded>\n    </Attachment>\n"


def write(message: Message, out: BinaryIO, enclosures: Sequence[Enclosure] = (), *, relaying: bool = False) -> None:
    """Write the message with its files.

    Raises :class:`schemas.content.Invalid` for text XML cannot carry and, unless ``relaying``, for whatever the
    standard would not have. Nothing is written then.
    """
    if not relaying:
        check(message, enclosures)
    bag = Bag(message.extensions)
    envelope = _envelope(message, enclosures, bag)
    labels = [label(enclosure, place, bag) for place, enclosure in enumerate(enclosures, 1)]
    in_list, in_root = _indented(bag, paths.ATTACHMENTS, 2), _indented(bag, paths.ROOT, 1)
    bag.check_empty()
    _text(out, _OPEN, envelope)
    if labels or in_list:
        _text(out, "  <AttachmentEncoded>\n")
        for said, enclosure in zip(labels, enclosures, strict=True):
            _attachment(out, said, enclosure)
        _text(out, in_list, "  </AttachmentEncoded>\n")
    _text(out, in_root, "</edXML>\n")


def _envelope(message: Message, enclosures: Sequence[Enclosure], bag: Bag) -> str:
    header = "".join(lines(_header(message, bag), 2))
    inside = body(enclosures, bag, always=isinstance(message, Edoc))
    return f"{header}{inside}{_indented(bag, paths.ENVELOPE, 2)}  </{PREFIX}:edXMLEnvelope>\n"


def _header(message: Message, bag: Bag) -> Branch:
    parts: list[Part] = [render("MessageHeader", message.message_header, paths.MESSAGE, bag)]
    if isinstance(message, Edoc):
        parts.append(render("TraceHeaderList", message.trace_header_list, paths.TRACE, bag))
    return Branch("edXMLHeader", (*parts, *map(Verbatim, bag.take(paths.HEADER))))


def _attachment(out: BinaryIO, said: str, enclosure: Enclosure) -> None:
    _text(out, said, _CONTENT)
    encode(enclosure, out)
    _text(out, _CONTENT_END)


def _indented(bag: Bag, path: str, depth: int) -> str:
    return "".join(line for xml in bag.take(path) for line in lines(Verbatim(xml), depth))


def _text(out: BinaryIO, *texts: str) -> None:
    out.write("".join(texts).encode())
