"""Notices within a second that a partner which could not be reached takes connections again.

While an endpoint's breaker is open a connection to it is tried once a second, all endpoints side by side, and closed at
once: nothing is sent. What that means is for ``gate`` to say; whether the partner works, only a call can tell.
"""

from __future__ import annotations

import errno
import selectors
import socket
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, suppress
from typing import Any

from bus import log
from bus.endpoint_settings import Address
from bus.gate import Gates
from bus.outlet import Outlet
from bus.rounds import Rounds

_log = log.get()
#: Seconds between rounds, and those a connection may take.
_EVERY, _WITHIN = 1.0, 1.0
#: Seconds for which a name's addresses are used.
_FRESH = 10.0

#: A numeric address as the system has it: family and socket address.
Where = tuple[socket.AddressFamily, tuple[Any, ...]]


class Knocker(Rounds):
    """One thread. ``on_back`` hears of every endpoint to which a probe may go now, and must be quick."""

    def __init__(self, gates: Gates, on_back: Callable[[str], None]) -> None:
        super().__init__("knocker", self._in_time, tick=_EVERY)
        self._gates = gates
        self._on_back = on_back
        self._names = _Names()
        self._addresses: Mapping[str, Address] = {}

    def serve(self, outlets: Mapping[str, Outlet]) -> None:
        """Knock at these from now on."""
        addresses = {name: outlet.settings.address for name, outlet in outlets.items()}
        self._addresses = {name: address for name, address in addresses.items() if address}

    def round(self) -> None:
        """Knock once at every endpoint that wants it."""
        addresses = self._addresses
        wanted = [(name, addresses[name]) for name in self._gates.to_knock() if name in addresses]
        doors = [(name, where) for name, address in wanted for where in self._names.of(address)]
        shut = {name for name, _ in doors}
        for name in taken(doors, _WITHIN):
            if name in shut:
                shut.discard(name)
                self._tell(name)
        for name in shut:
            self._gates.knocked(name, taken=False)

    def _tell(self, name: str) -> None:
        if self._gates.knocked(name, taken=True):
            _log.info("endpoint.back", endpoint=name)
            self._on_back(name)

    def _in_time(self) -> float:
        """A round that begins ``_EVERY`` after the last, however long that took."""
        began = time.monotonic()
        self.round()
        return max(0.0, began + _EVERY - time.monotonic())


def taken(doors: Iterable[tuple[str, Where]], within: float) -> Iterator[str]:
    """Try a connection to each address; its name as soon as one is taken. Ends after ``within`` seconds at the latest."""
    deadline = time.monotonic() + within
    with ExitStack() as ours:
        selector = ours.enter_context(selectors.DefaultSelector())
        for name, (family, address) in doors:
            with suppress(OSError):
                one = ours.enter_context(socket.socket(family, socket.SOCK_STREAM))
                _begin(one, address)
                selector.register(one, selectors.EVENT_WRITE, name)
        while selector.get_map() and (left := deadline - time.monotonic()) > 0:
            for key, _ in selector.select(left):
                selector.unregister(key.fileobj)
                if _end(key.fileobj):
                    yield key.data


def _begin(one: socket.socket, address: tuple[Any, ...]) -> None:
    """Begin to make a connection. Raises OSError."""
    one.setblocking(False)
    code = one.connect_ex(address)
    if code not in (0, errno.EINPROGRESS):
        raise OSError(code, "not taken")


def _end(one: object) -> bool:
    """Close a connection; whether it was taken."""
    assert isinstance(one, socket.socket)
    with one:
        return not one.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)


class _Names:
    """The addresses of hosts. Each name is looked up in a thread of its own: one that hangs holds nobody up."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: dict[Address, tuple[float, list[Where]]] = {}
        self._asked: set[Address] = set()

    def of(self, address: Address) -> list[Where]:
        """What is known now; more may be next time."""
        with suppress(OSError, UnicodeError):
            return _looked_up(address, socket.AI_NUMERICHOST)
        with self._lock:
            at, known = self._known.get(address, (0.0, []))
            stale = not known or time.monotonic() - at > _FRESH
            if stale and address not in self._asked:
                self._asked.add(address)
                threading.Thread(target=self._ask, args=(address,), name="look-up", daemon=True).start()
        return known

    def _ask(self, address: Address) -> None:
        found: list[Where] = []
        with suppress(OSError, UnicodeError):
            found = _looked_up(address)
        with self._lock:
            if found:
                self._known[address] = (time.monotonic(), found)
            self._asked.discard(address)


def _looked_up(address: Address, flags: int = 0) -> list[Where]:
    """Raises OSError (``gaierror``), UnicodeError for what can be no host's name."""
    told = socket.getaddrinfo(address.host, address.port, type=socket.SOCK_STREAM, flags=flags)
    return [(family, where) for family, _, _, _, where in told]
