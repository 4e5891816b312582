"""A file sent as a partner, through the same intake as at every door. Its door is called ``cli``."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

from bus.clock import iso
from bus.control.answers.orders import CopyMade, Sent
from bus.control.parts import Parts
from bus.errors import NotFound, Rejected
from bus.message import CopyReceipt, Inbound, Receipt, ReturnAddress
from bus.reception import Reception
from bus.room import room_of

DOOR = "cli"
_PIECE = 1 << 20


def send(parts: Parts, file: str, partner: str, to: tuple[str, ...] = ()) -> Sent:
    """Accept the document in a file as if this partner had sent it. Raises Rejected as a door would."""
    known = parts.holder.plan.routes.partners
    if partner not in known:
        raise NotFound(f"there is no partner {partner}; there are {', '.join(sorted(known))}")
    receipt = _accept(parts, Path(file), partner, to)
    parts.mark.change({}, {"message": receipt.message_id, "repeated": receipt.repeated})
    return _receipt(receipt)


def _accept(parts: Parts, path: Path, partner: str, to: tuple[str, ...]) -> Receipt:
    settings = parts.settings
    reception = Reception(
        parts.claims, room_of(settings, parts.clock), settings.max_bytes, parts.journal.reads.has_body
    )
    received = asyncio.run(reception.receive(_pieces(path)))
    address = ReturnAddress(DOOR, partner)
    inbound = Inbound(address, received.content, received.claim, to or received.content.recipients)
    try:
        receipt = parts.ingress.accept(inbound).result()
    except Rejected:
        reception.discard(received)
        raise
    reception.keep(received.claim)
    return receipt


async def _pieces(path: Path) -> AsyncIterator[bytes]:
    try:
        with path.open("rb") as file:
            while piece := file.read(_PIECE):
                yield piece
    except OSError as error:
        raise NotFound(f"{path} cannot be read: {error.strerror}") from error


def _receipt(receipt: Receipt) -> Sent:
    return {
        "message": receipt.message_id,
        "accepted_at": iso(receipt.accepted_at),
        "repeated": receipt.repeated,
        "warnings": list(receipt.warnings),
        "copies": list(map(_copy, receipt.copies)),
    }


def _copy(made: CopyReceipt) -> CopyMade:
    return {"doc_id": made.doc_id, "recipient": made.recipient, "endpoint": made.endpoint, "state": made.state}
