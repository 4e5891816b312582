"""Secrets as calls need them. One that cannot be read or used is our trouble: what is to be sent waits until it can."""

from __future__ import annotations

from base64 import b64encode

import orjson

from adapters.http.auth_settings import BasicAuth, HeaderAuth, LgspAccessToken
from bus.errors import FailureClass, SecretMissing, Unreachable
from bus.secret import Secrets

Static = HeaderAuth | BasicAuth | LgspAccessToken


class Keys:
    """Secrets by their names, as they are now; of several names the first that can be read. All raise Unreachable."""

    def __init__(self, secrets: Secrets) -> None:
        self._secrets = secrets

    def raw(self, names: list[str]) -> bytes:
        """A secret as it is."""
        try:
            return self._secrets.values(names)[0]
        except SecretMissing as error:
            raise Unreachable(FailureClass.AUTH, str(error)) from error

    def text(self, names: list[str]) -> str:
        """A secret that is text."""
        try:
            return self.raw(names).decode("utf-8")
        except UnicodeDecodeError:
            raise Unreachable(FailureClass.AUTH, f"the secret {names[0]} is no text in UTF-8") from None

    def header(self, auth: Static) -> tuple[str, str]:
        """The header by which a static family makes us known."""
        match auth:
            case HeaderAuth():
                return auth.name, self._in_header(auth.prefix + self.text(auth.value), auth.value)
            case BasicAuth():
                return "Authorization", basic(auth.user, self.text(auth.password))
            case LgspAccessToken():
                return auth.header, b64encode(self._object(auth.secret)).decode()

    def _in_header(self, value: str, names: list[str]) -> str:
        if not value.isascii() or not value.isprintable():
            raise Unreachable(FailureClass.AUTH, f"the secret {names[0]} cannot stand in a header")
        return value

    def _object(self, names: list[str]) -> bytes:
        """A secret that is a JSON object, without the spaces it was written with."""
        try:
            found = orjson.loads(self.raw(names))
        except orjson.JSONDecodeError:
            found = None
        if not isinstance(found, dict):
            raise Unreachable(FailureClass.AUTH, f"the secret {names[0]} is no JSON object")
        return orjson.dumps(found)


def basic(user: str, password: str) -> str:
    """The value of an Authorization header."""
    return "Basic " + b64encode(f"{user}:{password}".encode()).decode()
