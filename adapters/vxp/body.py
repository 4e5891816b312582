"""A document as sendEdoc wants it: its bytes and one CRLF after them, which is no part of the document."""

from __future__ import annotations

from bus.message import Claim

CRLF = b"\r\n"


def sent(document: Claim) -> Claim:
    """What goes out for this document: ``sha256`` is of the document, ``size`` and the bytes are those on the wire."""
    return document.insert(document.size, CRLF)
