"""How a token or a session is had. A partner that gives none is unreachable: no document is at fault for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from urllib.parse import quote, urlencode

from adapters.http.auth_settings import OAuth2, Session
from adapters.http.decode import Answer, read
from adapters.http.held import Fresh
from adapters.http.keys import basic
from adapters.http.paths import JsonPath, parse_path
from adapters.http.rules import any_holds, compared
from adapters.http.words import said
from bus.errors import FailureClass, OutcomeUnknown, Refused, Unreachable
from bus.transport import Response

#: Fields of an answer that may be shown: all others may repeat what we sent, or be what we asked for.
_SHOWN = tuple(map(parse_path, ("error", "error_description", "fault.code", "fault.message", "message")))


def token_form(settings: OAuth2, secret: str) -> tuple[bytes, Mapping[str, str]]:
    """The body of a call for a token, and its headers."""
    fields = {"grant_type": settings.grant, **settings.form}
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
    if settings.client_auth == "basic":
        # RFC 6749 2.3.1: both are form-encoded before they are joined.
        headers["Authorization"] = basic(quote(settings.client_id, safe=""), quote(secret, safe=""))
    else:
        fields |= {"client_id": settings.client_id, "client_secret": secret}
    return urlencode(fields).encode(), headers


def token_of(settings: OAuth2, response: Response) -> Fresh:
    """The token in an answer. Raises Unreachable where there is none."""
    answer = read(response)
    if response.status // 100 != 2:
        raise _denied(answer)
    seconds = _seconds(answer.at(settings.expires_in), settings.lifetime.total_seconds())
    # Of a short life at least half is used: a token with a few seconds left is given out again with fewer.
    return Fresh(_value(answer, settings.value), max(seconds - settings.margin.total_seconds(), seconds / 2))


def session_of(settings: Session, response: Response) -> Fresh:
    """The session in an answer. Raises Unreachable where there is none."""
    answer = read(response)
    if not any_holds(settings.success, answer):
        raise _denied(answer)
    return Fresh(_value(answer, settings.value), settings.lifetime.total_seconds())


def quietly(call: Callable[[], Response]) -> Response:
    """A call for a token: whatever becomes of it, the document it is had for did not leave."""
    try:
        return call()
    except (OutcomeUnknown, Refused) as failure:
        raise Unreachable(FailureClass.AUTH, f"no token was had: {failure.words}") from failure


def _value(answer: Answer, path: JsonPath) -> str:
    found = answer.at(path)
    value = str(found) if isinstance(found, str | int) and not isinstance(found, bool) else ""
    if not value or not value.isascii() or not value.isprintable():
        raise Unreachable(FailureClass.AUTH, said(answer.response.status, f"the answer holds nothing at {path.text}"))
    return value


def _seconds(found: object, otherwise: float) -> float:
    try:
        return max(0.0, float(compared(found))) if isinstance(found, str | int | float) else otherwise
    except ValueError:
        return otherwise


def _denied(answer: Answer) -> Unreachable:
    status = answer.response.status
    shown = [str(found) for path in _SHOWN if isinstance(found := answer.at(path), str | int)]
    text = "a page for people (HTML)" if answer.is_page else " ".join(shown) or "nothing that may be shown"
    code = f"http-{status}"
    failure = FailureClass.SERVER_FAULT if status >= 500 else FailureClass.QUOTA if status == 429 else FailureClass.AUTH
    return Unreachable(failure, said(status, f"no token was had: {text}"), code=code)
