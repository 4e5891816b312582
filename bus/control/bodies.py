"""A stored body handed out, piece by piece. Each piece is a deed: it is in the audit before anybody sees it."""

from __future__ import annotations

from base64 import b64encode
from typing import Annotated

from pydantic import Field

from bus.control.answers.audit import Piece
from bus.control.parts import Parts
from bus.errors import NotFound, Rejected
from bus.message import Claim

#: Bytes handed out at a time.
PIECE = 16 << 20


def body(parts: Parts, id: str, reason: str, offset: Annotated[int, Field(ge=0)] = 0) -> Piece:  # noqa: A002 - the command's word
    """A piece of the body of a copy as it is now, or of a message as it came; ``next`` is where the following begins."""
    if not reason.strip():
        raise Rejected("request.invalid", "say why: a body is looked at for a reason")
    claim = find(parts, id)
    with claim.open() as reader:
        reader.seek(offset)
        data = reader.read(PIECE)
    end = offset + len(data)
    parts.mark.change({}, {"sha256": claim.sha256, "from": offset, "to": end})
    return {
        "sha256": claim.sha256,
        "size": claim.size,
        "data": b64encode(data).decode(),
        "next": end if end < claim.size else None,
    }


def find(parts: Parts, id_: str) -> Claim:
    """The body of a copy or a message. Raises NotFound where there is none, or where it is no longer kept."""
    listed = parts.browse.copy(id_)
    event = None if listed else parts.browse.find_message(id_)
    if listed is None and event is None:
        raise NotFound(f"nothing here is called {id_}: neither a message, nor a copy, nor a document")
    return kept(parts, listed.copy.body if listed else event.body if event else "")


def kept(parts: Parts, sha256: str) -> Claim:
    """A body by its SHA-256 (hex). Raises NotFound where it is no longer kept."""
    claim = parts.claims.find(parts.journal.reads.body(sha256)) if parts.journal.reads.has_body(sha256) else None
    if claim is None:
        raise NotFound(f"the body {sha256} is no longer kept")
    return claim
