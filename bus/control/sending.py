"""A file sent as a partner, through the same intake as at every door. Its door is called ``cli``."""

from __future__ import annotations

from pathlib import Path

from bus.clock import iso
from bus.control.answers.orders import CopyMade, Sent
from bus.control.parts import Parts
from bus.control.taking import taken
from bus.errors import NotFound
from bus.message import CopyReceipt, Inbound, Receipt, ReturnAddress

DOOR = "cli"


def send(parts: Parts, file: str, partner: str, to: tuple[str, ...] = ()) -> Sent:
    """Accept the document in a file as if this partner had sent it. Raises Rejected as a door would."""
    known = parts.holder.plan.routes.partners
    if partner not in known:
        raise NotFound(f"there is no partner {partner}; there are {', '.join(sorted(known))}")
    receipt = _accept(parts, Path(file), partner, to)
    parts.mark.change({}, {"message": receipt.message_id, "repeated": receipt.repeated})
    return _receipt(receipt)


def _accept(parts: Parts, path: Path, partner: str, to: tuple[str, ...]) -> Receipt:
    with taken(parts, path) as received:
        recipients = to or received.content.recipients
        inbound = Inbound(ReturnAddress(DOOR, partner), received.content, received.claim, recipients)
        return parts.ingress.accept(inbound).result()


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
