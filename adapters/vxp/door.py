"""Who may come in: the signature first, then the clock. What fails is counted by address, never by partner."""

from __future__ import annotations

from starlette.requests import Request

from adapters.http.faces import address_of
from adapters.vxp import times
from adapters.vxp.settings import Skew, VxpDoor
from adapters.vxp.signing import HASH_HEADER, SIGN_HEADER, Signed, verify
from bus.clock import micros
from bus.desk import Caller, Desk
from bus.errors import Rejected

DOOR = "vxp"


def authenticate(desk: Desk, request: Request) -> tuple[Caller, Signed]:
    """The caller and what it signed. Raises ``Rejected('auth.*')``."""
    headers = dict(request.headers.raw)
    signed = verify(headers.get(SIGN_HEADER, b""), headers.get(HASH_HEADER, b""), lambda system: _secrets(desk, system))
    caller = desk.caller(DOOR, signed.members.get("systemid", "")) if signed else None
    if signed is None or caller is None:
        raise _no(desk, request, Rejected("auth.signature"))
    if not _in_time(desk, caller, signed):
        raise _no(desk, request, Rejected("auth.skew", f"timestamp: {signed.get('timestamp')[:40]}"))
    caller.opened(signed.secret)
    return caller, signed


def _secrets(desk: Desk, system: str) -> tuple[bytes, ...]:
    caller = desk.caller(DOOR, system)
    return caller.secrets if caller else ()


def _no(desk: Desk, request: Request, rejection: Rejected) -> Rejected:
    # Looked at only here: a right signature is never slowed by what else comes from its address.
    return Rejected("auth.throttled") if desk.throttled(address_of(request)) else rejection


def _in_time(desk: Desk, caller: Caller, signed: Signed) -> bool:
    skew = _skew(caller)
    if skew == "any":
        return True
    try:
        return abs(desk.clock.now() - times.parse_stamp(signed.get("timestamp"))) <= micros(skew)
    except ValueError:
        return False


def _skew(caller: Caller) -> Skew:
    return caller.settings.skew if isinstance(caller.settings, VxpDoor) else "any"
