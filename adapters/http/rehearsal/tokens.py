"""A played token service in the manner of an API gateway: OAuth2 client credentials.

The same token is given until it runs out, with what is left of its time; one that ran out is met with fault 900901.
"""

from __future__ import annotations

import base64
import hmac
from collections.abc import Callable
from itertools import count
from urllib.parse import unquote

from adapters.http.rehearsal.partner import Asked
from adapters.http.stage import Reply

_MICROS = 1_000_000
_INVALID_CLIENT = Reply(
    401, {"error": "invalid_client", "error_description": "A valid OAuth client could not be found"}
)
_INVALID_GRANT = Reply(400, {"error": "unsupported_grant_type"})


class Tokens:
    """The tokens of one client. ``now``: microseconds; ``seconds``: how long a token lasts; ``header``: where it is shown."""

    def __init__(
        self, key: str, secret: str, now: Callable[[], int], seconds: int = 3600, header: str = "Authorization"
    ) -> None:
        self._pair = (key, secret)
        self._now = now
        self._seconds = seconds
        self._header = header
        self._numbers = count(1)
        self._token, self._until = "", 0
        #: How many different tokens were made.
        self.made = 0

    def grant(self, asked: Asked) -> Reply:
        """Answer the call for a token; client and secret stand in the header, or in the form."""
        form = asked.form
        if not self._known(asked.header("authorization"), (form.get("client_id", ""), form.get("client_secret", ""))):
            return _INVALID_CLIENT
        if form.get("grant_type") != "client_credentials":
            return _INVALID_GRANT
        if self._now() >= self._until:
            self._renew()
        left = (self._until - self._now()) // _MICROS
        return Reply(200, {"access_token": self._token, "scope": "default", "token_type": "Bearer", "expires_in": left})

    def fault(self, asked: Asked) -> Reply | None:
        """What to say to a call whose token is not in force; None where it is."""
        given = asked.header(self._header).removeprefix("Bearer ")
        if self._token and self._now() < self._until and hmac.compare_digest(given, self._token):
            return None
        return expired()

    def forget(self) -> None:
        """The token is in force no more, whatever was said of its time."""
        self._until = 0

    def _known(self, header: str, form: tuple[str, str]) -> bool:
        return self._pair in (_basic(header), form)

    def _renew(self) -> None:
        self.made += 1
        self._token = f"wso2-token-{next(self._numbers)}"
        self._until = self._now() + self._seconds * _MICROS


def _basic(header: str) -> tuple[str, str]:
    """What a Basic header holds, form-encoded or not."""
    try:
        text = base64.b64decode(header.removeprefix("Basic "), validate=True).decode()
    except ValueError:
        return "", ""
    key, _, secret = text.partition(":")
    return unquote(key), unquote(secret)


def expired() -> Reply:
    """The gateway's fault for a token it does not know (any more)."""
    fault = {"code": 900901, "message": "Invalid Credentials", "description": "Access failure for API"}
    return Reply(401, {"fault": fault}, {"WWW-Authenticate": 'OAuth2 realm="WSO2 API Manager"'})
