"""What is done to a message's bytes on their way out: nothing, unless its endpoint asks for it.

So far one thing may be asked for: a hop of the bus's own in a document that nobody signed (semantics 11). A copy's
bytes are the same at every attempt, for what is put in says when the message was accepted.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace

from bus.clock import instant
from bus.message import Claim, Message
from schemas.edxml.trace import find_place, hop

_PIECE = 64 * 1024


def outgoing(body: Claim, message: Message, agency: str) -> Claim:
    """The body as it leaves, with its own digest: ``agency`` is the hop it gets, '' for none.

    Raises OSError where the body cannot be read, :class:`schemas.content.Invalid` for a code XML cannot carry.
    """
    if not agency or message.type != "edoc":
        return body
    with body.open() as document:
        place = find_place(document)
    if place is None:
        return body
    return _digested(body.insert(place.at, hop(place.prefix, agency, instant(message.accepted_at))))


def _digested(body: Claim) -> Claim:
    """The body with the digest of the bytes it has now; they are read once more for it."""
    digest = hashlib.sha256()
    with body.open() as reader:
        while piece := reader.read(_PIECE):
            digest.update(piece)
    return replace(body, sha256=digest.hexdigest())
