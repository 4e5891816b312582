"""The question about certificates: when those of endpoints end, and those the bus shows there.

A server's is looked at by a handshake every few hours, a few servers a round; nobody is asked to vouch for it, for one that has
ended is to be seen too.
"""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

from bus.alerts.found import Asked, Found
from bus.alerts.letters import when
from bus.certificate import ends, of_file
from bus.clock import MICROS, micros
from bus.config.alerts import Certificate
from bus.endpoint import Address, address_of

#: Microseconds for which a look is good; looks a round; seconds that one may take.
_FRESH = 6 * 3600 * MICROS
_LOOKS = 3
_PATIENCE = 5.0


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
        for thing, end in self._all(asked):
            if end is None and thing in asked.known:
                found.append(Found(thing, asked.known[thing], "", ""))
            elif end is not None and end - asked.now <= micros(rule.within):
                since = asked.known.get(thing, min(asked.now, end - micros(rule.within)))
                found.append(Found(thing, since, f"hết hạn {when(end)}", f"ends {when(end)}"))
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


def _secure(url: object) -> Address | None:
    text = str(url)
    return address_of(text) if urlsplit(text).scheme == "https" else None


def _of_file(path: Path) -> int | None:
    try:
        return min(map(ends, of_file(path)), default=None)
    except (OSError, ValueError, IndexError):
        return None


def _fetched(address: Address) -> str:
    return ssl.get_server_certificate(address, timeout=_PATIENCE)
