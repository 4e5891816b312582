"""The content digest: what makes two messages of one document the same, whatever a hop did to the bytes.

Rule 1, frozen: digests stand beside the identities of ten years. It is taken from the XML and not from our
models, which grow. SHA-256, in hex, over the UTF-8 of, in this order:

- for MessageHeader (or Status) and for Bussiness, in document order, where anything is below them: ``FS``, then
  what is below them;
- an element: ``RS`` local name ``US`` its own text, then the elements in it in document order, then ``GS``;
- an attachment, in document order: ``FS`` name ``US`` SHA-256 (hex) of its decoded bytes.

Text is trimmed and NFC, elements without text in or below them are left out, and so are To, TraceHeader and
Signature with all in them. ``FS``, ``GS``, ``RS`` and ``US`` are U+001C to U+001F, which XML cannot carry: no
text can look like structure.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator

from schemas.content import Attachment
from schemas.edxml.tree import Element

RULE = 1

_FS, _GS, _RS, _US = "\x1c", "\x1d", "\x1e", "\x1f"
_SECTIONS = frozenset({"MessageHeader", "Status", "Bussiness"})
_LEFT_OUT = frozenset({"To", "TraceHeader", "Signature"})


def content_digest(header: Element, attachments: Iterable[Attachment]) -> str:
    """The digest of the message with that header and those attachments, by :data:`RULE`."""
    text = "".join((*_sections(header), *map(_attachment, attachments)))
    return hashlib.sha256(text.encode()).hexdigest()


def _sections(element: Element) -> Iterator[str]:
    for child in element.children:
        if child.local in _LEFT_OUT:
            continue
        if child.word in _SECTIONS:
            below = _below(child.children)
            yield _FS + below if below else ""
        else:
            yield from _sections(child)


def _below(elements: Iterable[Element]) -> str:
    told: list[str] = []
    for element in elements:
        if element.local in _LEFT_OUT:
            continue
        below = _below(element.children) if element.children else ""
        if element.text or below:
            told.append(f"{_RS}{element.local}{_US}{element.text}{below}{_GS}")
    return "".join(told)


def _attachment(attachment: Attachment) -> str:
    return f"{_FS}{attachment.name}{_US}{attachment.sha256}"
