"""A secret as the bus keeps it, as it is or as its SHA-256, and what a caller shows for it."""

from __future__ import annotations

import hashlib
import hmac

#: A secret may be kept as what it hashes to: ``sha256:`` and 64 digits.
_HASHED = b"sha256:"


def is_hashed(kept: bytes) -> bool:
    """Whether a secret is kept as its SHA-256."""
    return kept.startswith(_HASHED)


def fits(shown: bytes, kept: bytes) -> bool:
    """Whether a secret that was shown is the one that is kept. Takes as long for any."""
    want = kept.removeprefix(_HASHED).lower() if is_hashed(kept) else _hex(kept)
    return hmac.compare_digest(_hex(shown), want)


def _hex(secret: bytes) -> bytes:
    return hashlib.sha256(secret).hexdigest().encode()
