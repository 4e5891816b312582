"""All certificates in use and when each ends: of the doors, of partners' servers and of the bus there, of partners at the doors.

A server's is looked at by a handshake every few hours, a few servers a round; nobody is asked to vouch for it, for one that has
ended is to be seen too.
"""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from bus.certificate import ends, of_file, pin
from bus.clock import MICROS
from bus.config import RoutesFile
from bus.endpoint_settings import Address, address_of
from bus.peer import Peer
from bus.stamp import Stamp, stamp
from bus.tls import Files

#: Microseconds for which a look is good; looks a round; seconds that one may take.
_FRESH = 6 * 3600 * MICROS
_LOOKS = 3
_PATIENCE = 5.0
#: By partner and door the certificate that last was let in.
Seen = Mapping[tuple[str, str], Peer]


@dataclass(frozen=True, slots=True)
class Held:
    """A certificate in use: as operators name it, of which endpoint if of one, and when it ends (None: not known now)."""

    thing: str
    endpoint: str
    ends: int | None


class Validity:
    """Remembers what it saw. ``doors``: the files by which they speak TLS; ``fetch`` gives the PEM of an address, or raises OSError."""

    def __init__(
        self,
        doors: Files | None = None,
        seen: Callable[[], Seen] = dict,
        fetch: Callable[[Address], str] | None = None,
    ) -> None:
        self._doors = doors
        self._seen = seen
        self._fetch = fetch or _fetched
        self._ends: dict[Address, int] = {}
        self._looked: dict[Address, int] = {}
        self._files: dict[Path, tuple[Stamp | None, list[Peer]]] = {}

    def look(self, routes: RoutesFile, endpoints: Sequence[str], now: int) -> None:
        """See some of the certificates that servers of these endpoints show. Takes seconds where one is away."""
        addresses = {_secure(routes.endpoints[name].server) for name in endpoints}
        stale = [one for one in addresses if one and abs(now - self._looked.get(one, 0)) >= _FRESH]
        for address in sorted(stale, key=lambda one: self._looked.get(one, 0))[:_LOOKS]:
            self._looked[address] = now
            try:
                self._ends[address] = ends(ssl.PEM_cert_to_DER_cert(self._fetch(address)))
            except (OSError, ValueError, IndexError):
                continue  # away, or not to be read: that is another alert's business

    def of_endpoints(self, routes: RoutesFile, endpoints: Sequence[str]) -> Iterator[Held]:
        """What their servers show, what the bus shows there, and who is trusted."""
        for name in endpoints:
            settings = routes.endpoints[name]
            if address := _secure(settings.server):
                yield Held(name, name, self._ends.get(address))
            for key, file in settings.certificates.items():
                yield Held(f"{name} {key}", name, self._first(file))

    def of_doors(self, routes: RoutesFile) -> Iterator[Held]:
        """What the doors show, who vouches for callers, and what partners show there."""
        if self._doors is None:
            return
        yield Held("BUS_TLS_CERT", "", self._first(self._doors.cert))
        known = self._of_file(self._doors.client_ca) if self._doors.client_ca else []
        mine = {one for entry in _entries(routes).values() for one in entry}
        if others := [one.ends for one in known if one.pin not in mine]:
            yield Held("BUS_TLS_CLIENT_CA", "", min(others))
        seen = self._seen()
        for (partner, door), pins in _entries(routes).items():
            last = max((one.ends for one in known if one.pin in pins), default=None)
            shown = seen.get((partner, door))
            yield Held(f"{partner} {door}", "", shown.ends if shown else last)

    def of_channels(self, routes: RoutesFile) -> Iterator[Held]:
        """Who is trusted where people are told."""
        for name, channel in routes.channels.items():
            if file := getattr(channel, "ca_file", None):
                yield Held(f"{name} ca_file", "", self._first(file))

    def everything(self, routes: RoutesFile) -> list[Held]:
        """All of them."""
        named = sorted(routes.endpoints)
        return [*self.of_doors(routes), *self.of_endpoints(routes, named), *self.of_channels(routes)]

    def _first(self, file: Path) -> int | None:
        """When the first of a file ends."""
        return min((one.ends for one in self._of_file(file)), default=None)

    def _of_file(self, file: Path) -> list[Peer]:
        seen, (known, read) = stamp(file), self._files.get(file, (None, []))
        if seen is None or seen != known:
            read = _read(file)
            self._files[file] = (seen, read)
        return read


def _entries(routes: RoutesFile) -> dict[tuple[str, str], tuple[str, ...]]:
    """By partner and door the certificates that an entry names."""
    return {
        (name, door): entry.certificate
        for name, partner in routes.partners.items()
        for door, entry in partner.doors.items()
        if entry.certificate
    }


def _read(file: Path) -> list[Peer]:
    try:
        return [Peer(pin(der), ends(der)) for der in of_file(file)]
    except (OSError, ValueError, IndexError):
        return []


def _secure(url: str) -> Address | None:
    return address_of(url) if urlsplit(url).scheme == "https" else None


def _fetched(address: Address) -> str:
    return ssl.get_server_certificate(address, timeout=_PATIENCE)
