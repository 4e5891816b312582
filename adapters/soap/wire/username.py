"""The UsernameToken of WS-Security: a name with its password, or with a digest of that (Username Token Profile 1.1)."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from adapters.http.kept import fits, is_hashed
from adapters.soap.wire.element import Element
from adapters.soap.wire.headers import SECURITY_BLOCK, one_of
from adapters.soap.wire.names import BASE64, PASSWORD_DIGEST, PASSWORD_TEXT, SECURITY, UTILITY
from bus.clock import MICROS
from bus.errors import Rejected
from schemas.xml import Name

_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)?", re.ASCII)
_TOKEN, _TIMESTAMP = Name(SECURITY, "UsernameToken"), Name(UTILITY, "Timestamp")
_PASSWORD, _NONCE = Name(SECURITY, "Password"), Name(SECURITY, "Nonce")
_CREATED, _EXPIRES = Name(UTILITY, "Created"), Name(UTILITY, "Expires")
#: Bytes of a nonce; the profile asks for 16 or more, and some send fewer.
_SHORTEST, _LONGEST = 8, 128


@dataclass(frozen=True, slots=True)
class Token:
    """What a token says; nothing of it is true before :meth:`fits`."""

    name: str
    _shown: bytes = field(repr=False)
    #: Whether a digest was shown and not the password itself.
    digest: bool = False
    nonce: bytes = b""
    #: As it was written, for the digest is made of that.
    created: str = ""

    def fits(self, kept: bytes) -> bool:
        """Whether it was made with this secret; no digest can be held against one that is kept hashed."""
        if not self.digest:
            return fits(self._shown, kept)
        made = hashlib.sha1(self.nonce + self.created.encode() + kept).digest()  # noqa: S324 - the profile's own
        return hmac.compare_digest(made, self._shown) and not is_hashed(kept)

    @property
    def created_at(self) -> int | None:
        """Microseconds since 1970; None where it does not say."""
        return _instant(self.created) if self.created else None

    @property
    def mark(self) -> str:
        """What tells this token from every other, whoever made it."""
        return hashlib.sha256(b"\n".join((self.name.encode(), self.nonce, self.created.encode()))).hexdigest()


@dataclass(frozen=True, slots=True)
class Security:
    """What the block says. ``expires_at``: microseconds since 1970."""

    token: Token | None = None
    expires_at: int | None = None


def read(blocks: Sequence[Element]) -> Security:
    """The security of a message. Raises ``Rejected('request.invalid')``: also for what is none of what is taken here."""
    block = one_of(blocks, SECURITY_BLOCK)
    if block is None:
        return Security()
    for child in block.children:
        if child.name not in (_TOKEN, _TIMESTAMP):
            raise _bad(f"{child.name.local[:60]} is not taken here", "UnsupportedSecurityToken")
    timestamp, token = block.child(_TIMESTAMP), block.child(_TOKEN)
    expires = timestamp.said(_EXPIRES) if timestamp else ""
    return Security(_token(token) if token else None, _instant(expires) if expires else None)


def _token(element: Element) -> Token:
    password = element.child(_PASSWORD)
    name = element.said(Name(SECURITY, "Username"))
    if password is None or not name:
        raise _bad("UsernameToken: expected Username and Password")
    type_ = password.attributes.get("Type", PASSWORD_TEXT)
    if type_ == PASSWORD_TEXT:
        return Token(name, password.text.encode(), created=_checked(element.said(_CREATED)))
    if type_ != PASSWORD_DIGEST:
        raise _bad(f"Password: Type {type_[:120]!r} is neither PasswordText nor PasswordDigest", "UnsupportedAlgorithm")
    nonce, created = _nonce(element), _checked(element.said(_CREATED))
    if not created:
        raise _bad("UsernameToken: a digest needs Nonce and Created")
    return Token(name, _decoded("Password", password.text), digest=True, nonce=nonce, created=created)


def _nonce(element: Element) -> bytes:
    block = element.child(_NONCE)
    if block is None or block.attributes.get("EncodingType", BASE64) != BASE64:
        raise _bad("UsernameToken: a digest needs a Nonce, in base64")
    nonce = _decoded("Nonce", block.text)
    if not _SHORTEST <= len(nonce) <= _LONGEST:
        raise _bad(f"Nonce: expected {_SHORTEST} to {_LONGEST} bytes")
    return nonce


def _decoded(name: str, text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise _bad(f"{name}: not base64") from error


def _checked(created: str) -> str:
    if created:
        _instant(created)
    return created


def _instant(text: str) -> int:
    """Microseconds since 1970; without a zone it is UTC, as the standard has it."""
    try:
        at = datetime.fromisoformat(text) if _INSTANT.fullmatch(text) else None
    except ValueError:
        at = None
    if at is None:
        raise _bad(f"{text[:40]!r} is no instant")
    return int((at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp() * MICROS)


def _bad(what: str, fault: str = "InvalidSecurity") -> Rejected:
    return Rejected("request.invalid", f"Security: {what}", security=fault)
