"""Who may come in: by HTTP Basic, by a UsernameToken, or by a certificate alone. What fails is counted by address.

No answer tells which half was wrong, nor how long it took.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable

from starlette.requests import Request

from adapters.http.faces import address_of, known
from adapters.http.kept import fits
from adapters.soap.door.call import DOOR
from adapters.soap.door.settings import SoapDoor
from adapters.soap.wire.username import Security, Token
from bus.clock import MICROS, micros
from bus.desk import Caller, Desk
from bus.errors import Rejected

#: Codes of WS-Security (1.1, 12).
_FAILED, _EXPIRED = "FailedAuthentication", "MessageExpired"
_UNAUTHORIZED = 401
_MINUTE = 60 * MICROS


async def authenticate(desk: Desk, request: Request, security: Security) -> Caller:
    """The partner that calls: all that is shown must be right and of one partner. Raises ``Rejected('auth.*')``."""
    shown = [_by_token(desk, request, security.token)] if security.token else []
    if basic := _basic(request):
        shown.append(_by_basic(desk, request, *basic))
    if not shown:
        shown.append(_by_certificate(desk, request))
    caller = shown[0]
    if any(other.partner != caller.partner for other in shown):
        raise _nobody(desk, request)
    known(request, caller.partner)
    await _check_time(desk, caller, security)
    return caller


def _by_token(desk: Desk, request: Request, token: Token) -> Caller:
    try:
        return _proven(desk, request, token.name, token.fits)
    except Rejected as rejection:
        raise Rejected(rejection.code, rejection.detail, security=_FAILED) from rejection


def _by_basic(desk: Desk, request: Request, ident: str, secret: bytes) -> Caller:
    return _proven(desk, request, ident, lambda kept: fits(secret, kept))


def _by_certificate(desk: Desk, request: Request) -> Caller:
    if caller := desk.certified(DOOR):
        return caller
    raise _nobody(desk, request)


def _basic(request: Request) -> tuple[str, bytes] | None:
    """Name and password of the header; None where it is not there, or for somebody before us."""
    headers = request.headers.getlist("authorization")
    if len(headers) > 1:
        raise Rejected("request.invalid", "authorization: given more than once")
    scheme, _, value = headers[0].partition(" ") if headers else ("", "", "")
    if scheme.lower() != "basic":
        return None
    try:
        ident, _, secret = base64.b64decode(value.strip(), validate=True).partition(b":")
    except (binascii.Error, ValueError):
        return "", b""
    return ident.decode("utf-8", "replace"), secret


def _proven(desk: Desk, request: Request, ident: str, fit: Callable[[bytes], bool]) -> Caller:
    caller = desk.caller(DOOR, ident)
    # Looked at for nobody's sake, too: how long it takes tells nothing.
    kept = [secret for secret in (caller.secrets if caller else (b"",)) if fit(secret)]
    if caller is None or not kept:
        raise _nobody(desk, request)
    caller.opened(kept[0])
    return caller


def _nobody(desk: Desk, request: Request) -> Rejected:
    # Looked at only here: who signs in rightly is never slowed by what else comes from its address.
    if desk.throttled(address_of(request)):
        return Rejected("auth.throttled")
    return Rejected("auth.unknown_partner", http=_UNAUTHORIZED)


async def _check_time(desk: Desk, caller: Caller, security: Security) -> None:
    """Raises ``Rejected('auth.skew' | 'auth.replayed')``."""
    now, (life, skew), token = desk.clock.now(), _times(caller), security.token
    if security.expires_at is not None and now > security.expires_at + skew:
        raise Rejected("auth.skew", "Timestamp: it has expired", security=_EXPIRED)
    if token is None or token.created_at is None:
        return
    if not token.created_at - skew <= now <= token.created_at + life + skew:
        raise Rejected("auth.skew", f"Created: {token.created}", security=_EXPIRED)
    if token.digest and not await desk.settled(desk.once(f"{DOOR}:{token.mark}", token.created_at + life + skew)):
        raise Rejected("auth.replayed", f"Created: {token.created}", security=_FAILED)


def _times(caller: Caller) -> tuple[int, int]:
    """For how long a token is good, and by how much a clock may be wrong, in microseconds."""
    settings = caller.settings if isinstance(caller.settings, SoapDoor) else None
    return (micros(settings.token_life), micros(settings.skew)) if settings else (5 * _MINUTE, _MINUTE)
