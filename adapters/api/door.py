"""Who may come in: the key alone says who calls."""

from __future__ import annotations

from typing import Annotated, cast

from fastapi import Depends, Request, Security
from fastapi.security import APIKeyHeader

from bus.desk import Caller, Desk
from bus.errors import Rejected

DOOR = "api"
_NAME = "X-Bus-Key"
#: As it comes.
KEY_HEADER = _NAME.lower().encode()
_KEY = APIKeyHeader(name=_NAME, description="The partner's key, as agreed with the operators", auto_error=False)


def desk_of(request: Request) -> Desk:
    """The desk this application was mounted over."""
    return cast(Desk, request.app.state.desk)


async def _desk(request: Request) -> Desk:
    # A coroutine: FastAPI sends plain functions to a thread each, which costs more than the look-up.
    return desk_of(request)


def door_of(request: Request) -> str:
    """The name of the door this application is."""
    return cast(str, request.app.state.door)


def header_of(request: Request, name: bytes) -> bytes | None:
    """The first header of that name (in small letters), as it came."""
    return next((value for known, value in request.scope["headers"] if known == name), None)


def address_of(request: Request) -> str:
    """The peer's address as the listener tells it."""
    return request.client.host if request.client else ""


async def identify(request: Request, _key: Annotated[str | None, Security(_KEY)]) -> Caller:
    """The partner whose key it is, for FastAPI, which describes the key. Raises ``Rejected('auth.*')``."""
    return caller_of(desk_of(request), request)


def caller_of(desk: Desk, request: Request) -> Caller:
    """The partner whose key it is. Raises ``Rejected('auth.*')``."""
    caller = owner_of(desk, header_of(request, KEY_HEADER) or b"", address_of(request), door_of(request))
    request.state.partner = caller.partner
    return caller


def owner_of(desk: Desk, key: bytes, address: str, door: str = DOOR) -> Caller:
    """The partner whose key this is. Raises ``Rejected('auth.*')``."""
    caller = desk.owner(door, key)
    if caller is None:
        raise Rejected("auth.throttled" if desk.throttled(address) else "auth.unknown_partner")
    caller.opened(key)
    return caller


TheDesk = Annotated[Desk, Depends(_desk)]
TheCaller = Annotated[Caller, Depends(identify)]
