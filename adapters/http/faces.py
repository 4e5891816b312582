"""What faces have in common, whatever they speak: every call answered, every refusal counted, a refused body let go of."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp

from bus import log
from bus.catalogue import CATALOGUE
from bus.desk import Desk, Received
from bus.errors import Busy, NotFound, Rejected

#: The stable code once more, for answers that may have no body or speak of codes of another's making.
CODE_HEADER = "X-Bus-Code"
#: Seconds within which a small body is there, and without a byte after which a large one is given up.
PATIENCE = 60.0
_RETRY_AFTER = {"auth.throttled": 60, "bus.busy": 5, "bus.stopping": 60}

#: A refusal in a protocol's own form: status, headers, body.
Say = Callable[[Rejected], tuple[int, Mapping[str, str], bytes]]


async def answered(
    desk: Desk, door: str, request: Request, handle: Callable[[Request], Awaitable[ASGIApp]], say: Say
) -> ASGIApp:
    """What ``handle`` answers; whatever it raises is counted and said as a refusal."""
    try:
        return await handle(request)
    except Exception as error:
        rejection = _named(door, request, error)
    desk.refused(
        door,
        rejection,
        partner=partner_of(request),
        address=address_of(request),
        digest=str(rejection.details.get("digest", "")),
        size=int(str(rejection.details.get("size", 0))),
    )
    status, headers, body = say(rejection)
    return Response(body, status, headers)


def known(request: Request, partner: str) -> None:
    """Remember who it is that calls."""
    request.state.partner = partner


def partner_of(request: Request) -> str:
    """Who calls, where that was proven; else empty."""
    partner: str = getattr(request.state, "partner", "")
    return partner


def address_of(request: Request) -> str:
    """The peer's address as the listener tells it."""
    return request.client.host if request.client else ""


async def small_body(request: Request, limit: int, patience: float = PATIENCE) -> bytes:
    """The body of a call that is worth no more, nor longer. Raises ``Rejected('body.*')``."""
    body = bytearray()
    try:
        async with asyncio.timeout(patience):
            async for piece in request.stream():
                body += piece
                if len(body) > limit:
                    raise Rejected("body.too_large", f"this call takes {limit} bytes")
    except TimeoutError:
        raise Rejected("body.truncated", f"it did not end within {patience:g} seconds") from None
    return bytes(body)


def describe(rejection: Rejected) -> str:
    """What happened, what to do, and what exactly was wrong, in Vietnamese as the callers' software shows it."""
    entry = CATALOGUE[rejection.code]
    text = f"{entry.what_vi}; {entry.todo_vi}"
    return f"{text} ({rejection.detail})" if rejection.detail else text


def headers_of(rejection: Rejected) -> dict[str, str]:
    """The headers of a refusal, with or without a body."""
    wait = rejection.details.get("retry_after") or _RETRY_AFTER.get(rejection.code)
    return {CODE_HEADER: rejection.code, **({"retry-after": str(wait)} if wait else {})}


@contextmanager
def forgotten_if_rejected(desk: Desk, received: Received) -> Iterator[None]:
    """Let go of a body that is refused, and name its digest and size in the refusal for the record."""
    try:
        yield
    except Rejected as rejection:
        desk.discard(received)
        record = {"digest": received.claim.sha256, "size": received.claim.size}
        raise Rejected(rejection.code, rejection.detail, **{**rejection.details, **record}) from rejection


def _named(door: str, request: Request, error: Exception) -> Rejected:
    match error:
        case Rejected():
            return error
        case ClientDisconnect():
            return Rejected("body.truncated")
        case NotFound():
            return Rejected("not_found")
        case Busy():
            return Rejected("bus.busy")
    log.get(door=door).error("call.failed", path=request.url.path, partner=partner_of(request), exc_info=error)
    return Rejected("bus.fault")
