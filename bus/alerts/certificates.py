"""The question about certificates: when those of endpoints end, and those the bus shows there.

A server's is looked at by a handshake every few hours, a few servers a round; nobody is asked to vouch for it, for one that has
ended is to be seen too.
"""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from bus.alerts.found import Asked, Found
from bus.alerts.letters import when
from bus.clock import MICROS, micros
from bus.config.alerts import Certificate
from bus.endpoint import Address, address_of

#: Microseconds for which a look is good; looks a round; seconds that one may take.
_FRESH = 6 * 3600 * MICROS
_LOOKS = 3
_PATIENCE = 5.0
_SEQUENCE, _VERSION, _UTC_TIME = 0x30, 0xA0, 0x17


class OfCertificates:
    """Remembers what it saw. ``fetch`` gives the PEM of an address; raises OSError."""

    def __init__(self, fetch: Callable[[Address], str] | None = None) -> None:
        self._fetch = fetch or _fetched
        self._ends: dict[Address, int] = {}
        self._looked: dict[Address, int] = {}

    def certificate(self, asked: Asked) -> list[Found]:
        """Certificates that end too soon. What cannot be seen now stays as it was known."""
        rule: Certificate = asked.rule
        self._look(asked)
        found = []
        for thing, ends in self._all(asked):
            if ends is None and thing in asked.known:
                found.append(Found(thing, asked.known[thing], "", ""))
            elif ends is not None and ends - asked.now <= micros(rule.within):
                since = asked.known.get(thing, min(asked.now, ends - micros(rule.within)))
                found.append(Found(thing, since, f"hết hạn {when(ends)}", f"ends {when(ends)}"))
        return found

    def _all(self, asked: Asked) -> Iterator[tuple[str, int | None]]:
        """Each certificate and when it ends, None where that is not known now."""
        for name in asked.endpoints():
            settings = asked.plan.routes.endpoints[name]
            if address := _secure(getattr(settings, "url", "")):
                yield name, self._ends.get(address)
            if file := getattr(settings, "cert_file", None):
                yield f"{name} cert_file", _of_file(file)

    def _look(self, asked: Asked) -> None:
        routes = asked.plan.routes
        addresses = {_secure(getattr(routes.endpoints[name], "url", "")) for name in asked.endpoints()}
        stale = [one for one in addresses if one and abs(asked.now - self._looked.get(one, 0)) >= _FRESH]
        for address in sorted(stale, key=lambda one: self._looked.get(one, 0))[:_LOOKS]:
            self._looked[address] = asked.now
            try:
                self._ends[address] = ends(ssl.PEM_cert_to_DER_cert(self._fetch(address)))
            except (OSError, ValueError, IndexError):
                continue  # away, or not to be read: that is another alert's business


def ends(der: bytes) -> int:
    """When a certificate (X.509, RFC 5280) ends, in microseconds since 1970. Raises ValueError, IndexError for none."""
    at, _ = _open(der, 0)
    at, _ = _open(der, at)
    if der[at] == _VERSION:
        at = _next(der, at)
    for _field in ("serial number", "signature algorithm", "issuer"):
        at = _next(der, at)
    at, _ = _open(der, at)
    at = _next(der, at)  # not before
    begin, end = _content(der, at)
    form = "%y%m%d%H%M%SZ" if der[at] == _UTC_TIME else "%Y%m%d%H%M%SZ"
    told = datetime.strptime(der[begin:end].decode("ascii"), form).replace(tzinfo=UTC)
    return micros(told - datetime.fromtimestamp(0, UTC))


def _open(der: bytes, at: int) -> tuple[int, int]:
    """Where the content of a sequence begins and ends."""
    if der[at] != _SEQUENCE:
        raise ValueError("no certificate")
    return _content(der, at)


def _next(der: bytes, at: int) -> int:
    return _content(der, at)[1]


def _content(der: bytes, at: int) -> tuple[int, int]:
    """Where the content of the value at a place begins and ends."""
    size, begin = der[at + 1], at + 2
    if size & 0x80:
        count = size & 0x7F
        size, begin = int.from_bytes(der[begin : begin + count]), begin + count
    return begin, begin + size


def _secure(url: object) -> Address | None:
    text = str(url)
    return address_of(text) if urlsplit(text).scheme == "https" else None


def _of_file(path: Path) -> int | None:
    try:
        text = path.read_text("ascii", errors="ignore")
        begin, end = text.index(ssl.PEM_HEADER), text.index(ssl.PEM_FOOTER) + len(ssl.PEM_FOOTER)
        return ends(ssl.PEM_cert_to_DER_cert(text[begin:end]))
    except (OSError, ValueError, IndexError):
        return None


def _fetched(address: Address) -> str:
    return ssl.get_server_certificate(address, timeout=_PATIENCE)
