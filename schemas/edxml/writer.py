"""Writes document and status messages as the axis's own software does: literal prefix, its order, its packing.

Attachments go from their file objects to ``out`` in pieces. Nothing is read back or checked but what XML itself
forbids; what the bus may send is decided elsewhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import BinaryIO

from schemas.edxml.enclose import content_type, encode, uid_of
from schemas.edxml.header_out import edoc_header, status_header
from schemas.edxml.models import EdocFields, Enclosure, StatusFields
from schemas.edxml.names import CID, NAMESPACE, PREFIX
from schemas.edxml.nodes import Part, branch, escaped, leaf, lines

_OPEN = (
    f'<?xml version="1.0" encoding="UTF-8"?>\n<edXML xmlns="{NAMESPACE}">\n'
    f'  <{PREFIX}:edXMLEnvelope xmlns:{PREFIX}="{NAMESPACE}">\n'
)
_ENVELOPE_END = f"  </{PREFIX}:edXMLEnvelope>\n"
_CLOSE = "</edXML>\n"


def write_edoc(fields: EdocFields, attachments: Sequence[Enclosure], out: BinaryIO) -> None:
    """Write a document message. Raises :class:`schemas.content.Invalid` for text XML cannot carry."""
    named = [(enclosure, uid_of(enclosure)) for enclosure in attachments]
    _text(out, _OPEN, *lines(edoc_header(fields), 2), *_body(named), _ENVELOPE_END)
    if named:
        _text(out, "  <AttachmentEncoded>\n")
        for enclosure, uid in named:
            _attachment(enclosure, uid, out)
        _text(out, "  </AttachmentEncoded>\n")
    _text(out, _CLOSE)


def write_status(fields: StatusFields, out: BinaryIO) -> None:
    """Write a status message. Raises :class:`schemas.content.Invalid` for text XML cannot carry."""
    _text(out, _OPEN, *lines(status_header(fields), 2), _ENVELOPE_END, _CLOSE)


def _text(out: BinaryIO, *texts: str) -> None:
    out.write("".join(texts).encode())


def _body(named: Sequence[tuple[Enclosure, str]]) -> list[str]:
    return [
        f"    <{PREFIX}:edXMLBody>\n",
        f'      <{PREFIX}:edXMLManifest version="1.0">\n',
        *(line for enclosure, uid in named for line in _reference(enclosure, uid)),
        f"      </{PREFIX}:edXMLManifest>\n",
        f"    </{PREFIX}:edXMLBody>\n",
    ]


def _reference(enclosure: Enclosure, uid: str) -> list[str]:
    reference: Part | None = branch(
        "Reference",
        leaf("ContentId", CID + uid),
        leaf("ContentType", content_type(enclosure.name)),
        leaf("Description", enclosure.description),
        leaf("AttachmentName", enclosure.name),
    )
    return [] if reference is None else list(lines(reference, 4))


def _attachment(enclosure: Enclosure, uid: str, out: BinaryIO) -> None:
    parts = {
        "ContentId": CID + uid,
        "AttachmentName": enclosure.name,
        "Description": enclosure.description,
        "ContentType": content_type(enclosure.name),
    }
    _text(out, "    <Attachment>\n")
    _text(out, *(f"      <{name}>{escaped(name, text)}</{name}>\n" for name, text in parts.items() if text))
    _text(out, f'      <{PREFIX}:ContentTransferEncoded xmlns:{PREFIX}="{NAMESPACE}">')
    encode(enclosure, uid, out)
    _text(out, f"</{PREFIX}:ContentTransferEncoded>\n    </Attachment>\n")
