"""A keyed hash over a call as it leaves."""

from __future__ import annotations

import hashlib
import hmac
from base64 import b64encode
from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

from adapters.http.auth_settings import Hmac
from bus.bodies import Body

_PIECE = 1 << 20


def signature(settings: Hmac, secret: bytes, names: Mapping[str, object]) -> str:
    """The header's value. ``names``: what :func:`signed_names` says, and those of any call."""
    text = settings.between.join(part.render(names) for part in settings.parts)
    # Which hash it is, the partner has laid down.
    made = hmac.new(secret, text.encode(), settings.algorithm)
    written = made.hexdigest() if settings.encoding == "hex" else b64encode(made.digest()).decode()
    return settings.prefix + written


def signed_names(method: str, url: str, body: Body | bytes | None) -> Mapping[str, Callable[[], object]]:
    """What may be signed of a call. The body is read, and once more than it is sent, only where its hash is asked for."""
    parts = urlsplit(url)
    return {
        "method": lambda: method,
        "path": lambda: parts.path,
        "query": lambda: parts.query,
        "host": lambda: parts.netloc,
        "bodySha256": lambda: hashed(body),
    }


def hashed(body: Body | bytes | None) -> str:
    """The SHA-256 of a body, in hex."""
    if body is None or isinstance(body, bytes):
        return hashlib.sha256(body or b"").hexdigest()
    made = hashlib.sha256()
    with body.open() as reader:
        while piece := reader.read(_PIECE):
            made.update(piece)
    return made.hexdigest()
