"""All names of elements the standard has."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from schemas.edxml.models.block import Block
from schemas.edxml.models.files import FileLabel
from schemas.edxml.models.messages import Edoc, Status
from schemas.edxml.shape import shape

_AROUND = (
    "edXML",
    "edXMLEnvelope",
    "edXMLHeader",
    "Status",
    "edXMLBody",
    "edXMLManifest",
    "Reference",
    "AttachmentEncoded",
    "Attachment",
    "ContentTransferEncoded",
)


@cache
def standard_words() -> frozenset[str]:
    """What holds a message together, and every element of its blocks."""
    return frozenset((*_AROUND, *_below(Edoc), *_below(Status), *_below(FileLabel)))


def _below(block: type[Block]) -> Iterator[str]:
    for slot in shape(block):
        yield slot.element
        if slot.block is not None:
            yield from _below(slot.block)
