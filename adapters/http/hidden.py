"""Takes out of a partner's words the secrets it was shown: some repeat a call in what they say against it."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Callable, Iterable, Iterator, Sequence
from urllib.parse import quote

import orjson

from adapters.http.auth_settings import (
    Auth,
    BasicAuth,
    HeaderAuth,
    Hmac,
    LgspAccessToken,
    NamedSecrets,
    OAuth2,
    Session,
)
from adapters.http.keys import Keys
from bus.errors import Unreachable

#: Letters below which a secret is not looked for: it would be found everywhere.
_LEAST = 8
_INSTEAD = "***"


class Hidden:
    """A text without the secrets of these families. ``held``: the tokens and sessions that are in use."""

    def __init__(self, families: Sequence[Auth], keys: Keys, held: Callable[[], Iterable[str]]) -> None:
        self._families = families
        self._keys = keys
        self._held = held

    def __call__(self, text: str) -> str:
        shown = {one for family in self._families for one in self._shown(family)} | set(self._held())
        for secret in sorted(shown, key=len, reverse=True):
            text = text.replace(secret, _INSTEAD) if len(secret) >= _LEAST else text
        return text

    def _shown(self, family: Auth) -> Iterator[str]:
        """All that a family shows of its secrets, in each form it does; nothing where they cannot be read."""
        for names in _names(family):
            try:
                secret = self._keys.text(names)
            except Unreachable:
                continue
            yield from (secret, json.dumps(secret)[1:-1], quote(secret, safe=""))
            if isinstance(family, BasicAuth):
                yield b64encode(f"{family.user}:{secret}".encode()).decode()
            if isinstance(family, LgspAccessToken):
                yield from _parts(secret)


def _names(family: Auth) -> Iterator[list[str]]:
    """The secrets of a family, each by its names."""
    match family:
        case HeaderAuth():
            yield family.value
        case BasicAuth():
            yield family.password
        case OAuth2():
            yield family.client_secret
        case Session():
            yield from family.secrets.values()
        case NamedSecrets():
            yield from family.named.values()
        case LgspAccessToken() | Hmac():
            yield family.secret


def _parts(secret: str) -> Iterator[str]:
    """A JSON object as it is shown, and the texts in it."""
    try:
        found = orjson.loads(secret)
    except orjson.JSONDecodeError:
        return
    yield b64encode(orjson.dumps(found)).decode()
    yield from (value for value in found.values() if isinstance(value, str)) if isinstance(found, dict) else ()
