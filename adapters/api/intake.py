"""A message on its way in: taken in, checked for its sender, accepted."""

from __future__ import annotations

from collections.abc import AsyncIterator

from adapters.api.door import DOOR
from bus.desk import Caller, Desk, Received
from bus.errors import Rejected
from bus.message import Inbound, Receipt, ReturnAddress
from schemas.value import value


@value
class Wish:
    """What the caller asks for beside the body."""

    recipients: tuple[str, ...] = ()
    idempotency_key: str | None = None
    secrecy: str = "normal"
    expires_at: int | None = None


async def take(desk: Desk, caller: Caller, chunks: AsyncIterator[bytes], announced: int | None, wish: Wish) -> Receipt:
    """The receipt, once the message is on disk. Raises Rejected."""
    return await accept(desk, caller, await desk.receive(chunks, announced=announced), wish)


async def accept(desk: Desk, caller: Caller, received: Received, wish: Wish) -> Receipt:
    """The receipt for what was taken in, once it is on disk. Raises Rejected."""
    try:
        _check_sender(desk, caller, received.content.sender)
        return await desk.settled(desk.accept(_inbound(caller, received, wish)))
    except Rejected as rejection:
        raise _forgotten(desk, received, rejection) from rejection


def _check_sender(desk: Desk, caller: Caller, sender: str) -> None:
    if desk.canonical(sender) not in caller.agencies:
        raise Rejected("agency.not_yours", f"From/OrganId: {sender[:60]}")


def _inbound(caller: Caller, received: Received, wish: Wish) -> Inbound:
    key = wish.idempotency_key
    return Inbound(
        came_by=ReturnAddress(DOOR, caller.partner),
        content=received.content,
        claim=received.claim,
        recipients=wish.recipients or received.content.recipients,
        call_key=f"{DOOR}:{caller.partner}:{key}" if key else None,
        expires_at=wish.expires_at,
        secrecy=wish.secrecy,
    )


def _forgotten(desk: Desk, received: Received, rejection: Rejected) -> Rejected:
    """Let go of a body that is refused, and name its digest and size in the refusal for the record."""
    desk.discard(received)
    known = {"digest": received.claim.sha256, "size": received.claim.size}
    return Rejected(rejection.code, rejection.detail, **{**rejection.details, **known})
