"""Who may come in: a system id with its key, or a token that was given for them. What fails is counted by address.

No answer tells which half was wrong, nor how long it took.
"""

from __future__ import annotations

from collections.abc import Callable

from starlette.requests import Request

from adapters.http.faces import address_of, known
from adapters.http.kept import fits
from adapters.lgsp import tokens
from adapters.lgsp.call import DOOR, token_life
from bus.desk import Caller, Desk
from bus.errors import Rejected

SYSTEM_ID, SECRET_KEY = b"x-systemid", b"x-secretkey"
_BEARER = "bearer "


def authenticate(desk: Desk, request: Request) -> Caller:
    """The partner that calls. Raises ``Rejected('auth.*')``."""
    if (ident := header_of(request, SYSTEM_ID)) is not None:
        caller, _ = by_secret(desk, request, _text(ident), header_of(request, SECRET_KEY) or b"")
        return caller
    return _by_token(desk, request, header_of(request, b"authorization") or b"")


def by_secret(desk: Desk, request: Request, ident: str, *shown: bytes) -> tuple[Caller, bytes]:
    """The partner of this system id, and its secret as it is kept; any of what was shown may be it. Raises
    ``Rejected('auth.*')``.
    """
    return _proven(desk, request, ident, lambda kept: any(fits(one, kept) for one in shown))


def header_of(request: Request, name: bytes) -> bytes | None:
    """The one header of that name (in small letters), as it came. Raises Rejected where it came twice."""
    found = [value for known_, value in request.scope["headers"] if known_ == name]
    if len(found) > 1:
        raise Rejected("request.invalid", f"{name.decode()}: given more than once")
    return found[0] if found else None


def _by_token(desk: Desk, request: Request, header: bytes) -> Caller:
    text = _text(header)
    token = tokens.read(text[len(_BEARER) :].strip()) if text.lower().startswith(_BEARER) else None
    if token is None:
        raise _nobody(desk, request)
    caller, _ = _proven(desk, request, token.system_id, token.signed_by)
    if not token.good(desk.clock.now(), token_life(caller)):
        raise Rejected("auth.expired")
    return caller


def _proven(desk: Desk, request: Request, ident: str, fits: Callable[[bytes], bool]) -> tuple[Caller, bytes]:
    caller = desk.caller(DOOR, ident)
    # Looked at for nobody's sake, too: how long it takes tells nothing.
    kept = [secret for secret in (caller.secrets if caller else (b"",)) if fits(secret)]
    if caller is None or not kept:
        raise _nobody(desk, request)
    known(request, caller.partner)
    caller.opened(kept[0])
    return caller, kept[0]


def _nobody(desk: Desk, request: Request) -> Rejected:
    # Looked at only here: who signs in rightly is never slowed by what else comes from its address.
    return Rejected("auth.throttled" if desk.throttled(address_of(request)) else "auth.unknown_partner")


def _text(value: bytes) -> str:
    return value.decode("latin-1")
