"""The answers of this door: ``success`` first, whatever was called. JSON here is pure ASCII and holds no null."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.responses import Response

from adapters.http.faces import describe, headers_of
from adapters.http.outflow import encode
from adapters.lgsp.codes import code_of
from bus.catalogue import CATALOGUE
from bus.errors import Rejected

_JSON = "application/json"
_UNAUTHORIZED = 401


def ok(**members: object) -> Response:
    """An answer that says yes."""
    return Response(encode({"success": True, **members}), media_type=_JSON)


def refusal(rejection: Rejected) -> tuple[int, Mapping[str, str], bytes]:
    """Status, headers and body of an answer that says no."""
    words = describe(rejection)
    told = {"docId": "", "status": "FAIL", "errorCode": code_of(rejection.code), "errorDesc": words}
    return _said_no(rejection, {"success": False, "message": words, "data": told}, "Bearer")


def token_refusal(rejection: Rejected) -> tuple[int, Mapping[str, str], bytes]:
    """The same for who asks for a token, in the words of OAuth2 (RFC 6749, 5.2)."""
    told = {"error": _oauth_error(rejection), "error_description": describe(rejection)}
    return _said_no(rejection, told, "Basic")


def _said_no(rejection: Rejected, members: Mapping[str, object], scheme: str) -> tuple[int, Mapping[str, str], bytes]:
    status = CATALOGUE[rejection.code].http
    headers = {**headers_of(rejection), "content-type": _JSON}
    if status == _UNAUTHORIZED:
        headers["www-authenticate"] = f'{scheme} realm="lgsp"'
    return status, headers, encode(members)


def _oauth_error(rejection: Rejected) -> str:
    if named := rejection.details.get("oauth"):
        return str(named)
    family = rejection.code.partition(".")[0]
    return {"auth": "invalid_client", "bus": "temporarily_unavailable"}.get(family, "invalid_request")
