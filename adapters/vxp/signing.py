"""The axis's signature over request headers: building it and checking it. Pure; nothing here looks anything up.

The caller sends its logical headers once as a JSON object J (members ``XroadVnpt-<name>``) with an
HMAC-SHA256 of J's bytes. The HMAC covers J and not the separate headers, so after the check J is what counts.
"""

from __future__ import annotations

import hmac
import json
import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import orjson

PREFIX = "XroadVnpt-"
#: The names of the headers that carry J and its HMAC, as a server sees them.
SIGN_HEADER = b"xroadvnpt-sign-header"
HASH_HEADER = b"xroadvnpt-hash-header"


@dataclass(frozen=True, slots=True)
class Signed:
    """Headers whose signature was right, by their lower-case bare names."""

    members: Mapping[str, str]
    #: The HMAC in lower-case hex: the same for a call that the transport repeats.
    signature: str
    #: The caller's secret that it was made with.
    secret: bytes = field(default=b"", repr=False)

    def get(self, name: str) -> str:
        """The header's text without outer spaces; empty where it was not signed."""
        return self.members.get(name.lower(), "").strip()


def sign(logical: Mapping[str, str], secret: bytes) -> dict[str, str]:
    """The HTTP headers that carry ``logical`` signed, in the form and under the names the SDK sends."""
    text = json.dumps({PREFIX + k: v for k, v in logical.items()}, ensure_ascii=False, separators=(",", ":"))
    return {
        **{PREFIX + k: v for k, v in logical.items()},
        "Content-Type": logical.get("Content-Type", "application/json"),
        "XroadVnpt-sign-header-key": ";".join(logical),
        "XroadVnpt-sign-header": text,
        "XroadVnpt-hash-header": _hmac(secret, text.encode()).decode(),
        "XroadVnpt-version": "3.0.201608",
        "User-Agent": "JAVASDKAgent/1.0.0 XRoad/VPCP",
    }


def verify(text: bytes, signature: bytes, secrets_of: Callable[[str], Sequence[bytes]]) -> Signed | None:
    """The signed headers, or None where ``signature`` is nobody's.

    ``text`` and ``signature`` are the raw bytes of the two headers; ``secrets_of`` gives the secrets of a
    system id, none for an unknown one, which then costs and looks the same as a wrong signature.
    """
    given = signature.strip().lower()
    for reading in _readings(text):
        members = _members(reading)
        if key := _fitting(reading, given, secrets_of(members.get("systemid", ""))):
            return Signed(members, given.decode("ascii"), key)
    return None


def hash_file(sha256: str) -> str:
    """A SHA-256 given in hex, in the SDK's spelling: each byte without its leading zero."""
    return "".join(f"{byte:x}" for byte in bytes.fromhex(sha256))


def file_fits(given: str, sha256: str) -> bool:
    """Whether a ``hash-file`` header, padded or not, names this SHA-256 (hex)."""
    return given.lower() in (sha256, hash_file(sha256))


def _readings(text: bytes) -> Iterator[bytes]:
    """The bytes as they came, then as UTF-8 that a client squeezed into Latin-1 (it signs the UTF-8)."""
    yield text
    widened = text.decode("latin-1").encode()
    if widened != text:
        yield widened


def _members(text: bytes) -> dict[str, str]:
    try:
        parsed = orjson.loads(text)
    except orjson.JSONDecodeError:
        return {}
    if not isinstance(parsed, dict):
        return {}
    return {_bare(name): value for name, value in parsed.items() if isinstance(value, str)}


def _bare(name: str) -> str:
    return name.lower().removeprefix(PREFIX.lower())


def _fitting(text: bytes, given: bytes, keys: Sequence[bytes]) -> bytes:
    """The key that made the signature; empty where none did. All are tried, whichever it is."""
    # Nobody's key is fresh each time: a fixed one could be read here and signed with.
    tried = keys or (secrets.token_bytes(32),)
    fitting = [key for key in tried if hmac.compare_digest(_hmac(key, text), given)]
    return fitting[0] if keys and fitting else b""


def _hmac(key: bytes, text: bytes) -> bytes:
    return hmac.new(key, text, "sha256").hexdigest().encode()
