"""``/lgsp/token``: a short-lived token for a system id and its key (OAuth2 client credentials, RFC 6749, 4.4)."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from urllib.parse import parse_qs, unquote_to_bytes

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp

from adapters.http.faces import small_body
from adapters.http.outflow import encode
from adapters.lgsp import tokens
from adapters.lgsp.call import token_life
from adapters.lgsp.credentials import by_secret, header_of
from bus.clock import MICROS
from bus.desk import Desk
from bus.errors import Rejected

_BODY = 8 << 10
_FORM = "application/x-www-form-urlencoded"
_NEVER_KEPT = {"cache-control": "no-store", "pragma": "no-cache"}


async def token(desk: Desk, request: Request) -> ASGIApp:
    """Give a token to whom shows a system id and its key. Raises Rejected."""
    form = _form(request.headers.get("content-type", ""), await small_body(request, _BODY))
    _check_grant(form.get(b"grant_type", b""))
    named, *secrets = _shown(header_of(request, b"authorization") or b"", form)
    ident = unquote_to_bytes(named).decode("latin-1")
    caller, kept = by_secret(desk, request, ident, *secrets)
    answer = {
        "access_token": tokens.issue(ident, desk.clock.now(), kept),
        "scope": "default",
        "token_type": "Bearer",
        "expires_in": token_life(caller) // MICROS,
    }
    return Response(encode(answer), headers=_NEVER_KEPT, media_type="application/json")


def _form(content_type: str, body: bytes) -> Mapping[bytes, bytes]:
    if content_type.partition(";")[0].strip().lower() != _FORM:
        raise Rejected("request.invalid", f"Content-Type: expected {_FORM}")
    try:
        fields = parse_qs(body, keep_blank_values=True, max_num_fields=20)
    except ValueError as error:
        raise Rejected("request.invalid", "more than 20 fields") from error
    for name, values in fields.items():
        if len(values) > 1:
            raise Rejected("request.invalid", f"{name[:40].decode('latin-1')!r}: given more than once")
    return {name: values[0] for name, values in fields.items()}


def _check_grant(grant: bytes) -> None:
    if grant != b"client_credentials":
        what = f"grant_type: {grant[:40].decode('latin-1')!r} is not client_credentials"
        raise Rejected("request.invalid", what, oauth="unsupported_grant_type" if grant else "invalid_request")


def _shown(header: bytes, form: Mapping[bytes, bytes]) -> tuple[bytes, ...]:
    """System id, and what may be the key: of the header (Basic), or of the form where there is none."""
    if not header:
        return form.get(b"client_id", b""), form.get(b"client_secret", b"")
    scheme, _, value = header.partition(b" ")
    try:
        pair = base64.b64decode(value.strip(), validate=True) if scheme.lower() == b"basic" else b""
    except binascii.Error:
        pair = b""
    ident, _, secret = pair.partition(b":")
    # RFC 6749 would have both form-encoded first (2.3.1), and many do not.
    return ident, secret, unquote_to_bytes(secret.replace(b"+", b" "))
