"""Links to attached files: whoever has one may fetch that file for a while, and can make no other.

A token says all there is to know (which kept body, which place in it, until when) under an HMAC, so nothing is stored for it and
nothing can be counted through. The same file has the same link all day: a call that is made again is the same call.
"""

from __future__ import annotations

import base64
import hmac
import re
import struct
from dataclasses import dataclass
from datetime import timedelta

from bus import log
from bus.clock import MICROS, Clock, micros
from bus.config import Settings
from bus.errors import FailureClass, Refused, Rejected, SecretMissing, Unreachable
from bus.parcels import FILES
from bus.secret import Secrets, make_secret

_log = log.get()
#: Made where it is named and not there; any other secret is the operators' to make.
OWN = "file:links"
_DAY = 86_400
_SAID = struct.Struct(">32sHxxI")
_MAC = 32
_TOKEN = re.compile(rf"[A-Za-z0-9_-]{{{(_SAID.size + _MAC) * 4 // 3}}}", re.ASCII)
#: Nothing else signed with this key can be taken for a link.
_PURPOSE = b"bus-link-1"


@dataclass(frozen=True, slots=True)
class Linked:
    """What a link leads to: the SHA-256 (hex) of a kept body, and a file's place there, counted from 1."""

    sha256: str
    place: int


class Links:
    """Makes and reads them. ``url`` is where partners reach the bus; empty: nowhere."""

    def __init__(self, reader: Secrets, name: str, url: str, life: timedelta, clock: Clock) -> None:
        self._secrets = reader
        self._name = name
        self._url = url
        self._life = life
        self._clock = clock

    def make(self, sha256: str, place: int) -> str:
        """The address of a file. Raises Refused where the bus has none that partners reach, Unreachable without the key."""
        if not self._url:
            raise Refused(
                FailureClass.CLIENT_FAULT, "this bus has no public address (BUS_PUBLIC_URL) to fetch a file from"
            )
        try:
            return self.address(sha256, place)
        except SecretMissing as error:
            raise Unreachable(FailureClass.AUTH, str(error)) from error

    def address(self, sha256: str, place: int) -> str:
        """The same, and a path alone where the bus has no such address."""
        until = (self._clock.now() + micros(self._life)) // MICROS
        said = _SAID.pack(bytes.fromhex(sha256), place, -(-until // _DAY) * _DAY)
        return self._url + FILES + base64.urlsafe_b64encode(said + self._mac(said)).decode()

    def read(self, token: str) -> Linked:
        """What a token leads to. Raises ``Rejected('not_found')`` for what was not made here, ``Rejected('link.gone')``."""
        if not _TOKEN.fullmatch(token):
            raise Rejected("not_found", "no link ends so")
        whole = base64.urlsafe_b64decode(token)
        said, mac = whole[: _SAID.size], whole[_SAID.size :]
        if not hmac.compare_digest(mac, self._mac(said)):
            raise Rejected("not_found", "no link ends so")
        digest, place, until = _SAID.unpack(said)
        if until * MICROS <= self._clock.now():
            raise Rejected("link.gone", "its time has passed")
        return Linked(digest.hex(), place)

    def _mac(self, said: bytes) -> bytes:
        return hmac.digest(self._secrets.value(self._name), _PURPOSE + said, "sha256")


def links_of(settings: Settings, reader: Secrets, clock: Clock) -> Links:
    """Those of a home that is open; its own key is made where there is none."""
    path = settings.secrets / OWN.partition(":")[2]
    if settings.link_key == OWN and not path.exists():
        try:
            make_secret(path)
        except OSError as error:
            _log.warning("links.no_key", error=str(error))
    return Links(reader, settings.link_key, settings.public_url, settings.link_life, clock)
