"""Sandboxes at the addresses the routes name on this machine: partners that are pushed to, and the national axis."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import urlsplit

from adapters.rest.sandbox import RestSandbox
from adapters.rest.settings import RestSettings
from adapters.vxp.endpoint_settings import VxpSettings
from adapters.vxp.sandbox import AxisSandbox
from bus.cli.demo.axis import systems
from bus.config import RoutesFile
from bus.errors import BusError
from bus.secret import Secrets

_HERE = ("127.0.0.1", "localhost", "::1")

Address = tuple[str, int]


class Sandbox(Protocol):
    """What any sandbox can do."""

    def start(self) -> None:
        """Listen. Raises OSError where the port is taken."""
        ...

    def stop(self) -> None:
        """Hang up on everybody."""
        ...


@dataclass(frozen=True, slots=True)
class Sandboxes:
    """All of them, by where they listen."""

    rest: Mapping[Address, RestSandbox]
    axes: Mapping[Address, AxisSandbox]

    @classmethod
    def of(cls, routes: RoutesFile, outside: tuple[str, ...], secrets: Secrets) -> Sandboxes:
        """One at each address, not started. ``outside``: agencies that are reached by the axis.

        Raises SecretMissing where the secret of an axis cannot be read.
        """
        called = [place for one in routes.endpoints.values() if isinstance(one, RestSettings) and (place := _at(one))]
        axes = [
            (place, one) for one in routes.endpoints.values() if isinstance(one, VxpSettings) and (place := _at(one))
        ]
        return cls(
            {place: RestSandbox(*place) for place in called},
            {place: AxisSandbox(systems(one, routes, outside, secrets), *place) for place, one in axes},
        )

    @contextmanager
    def running(self) -> Iterator[None]:
        """All of them, started. Raises BusError where an address is taken."""
        with running(self.rest.items()), running(self.axes.items()):
            yield


@contextmanager
def running(sandboxes: Iterable[tuple[Address, Sandbox]]) -> Iterator[None]:
    """All of these, started at their addresses. Raises BusError where an address is taken."""
    with ExitStack() as stack:
        for address, sandbox in sandboxes:
            _start(sandbox, address)
            stack.callback(sandbox.stop)
        yield


def _start(sandbox: Sandbox, address: Address) -> None:
    """Have it listen. Raises BusError where the address is taken."""
    try:
        sandbox.start()
    except OSError as error:
        host, port = address
        raise BusError(f"the sandbox cannot listen on {host}:{port}: {error.strerror or error}") from error


def partners(routes: RoutesFile) -> list[tuple[Address, str]]:
    """The sandbox partner behind each endpoint that is pushed to: the first step of its URL's path."""
    called = [one for one in routes.endpoints.values() if isinstance(one, RestSettings)]
    return [(place, urlsplit(one.url).path.split("/")[1]) for one in called if (place := _at(one))]


def _at(endpoint: RestSettings | VxpSettings) -> Address | None:
    """Where on this machine it is called, if it is."""
    url = urlsplit(endpoint.url)
    return (url.hostname, url.port) if url.hostname in _HERE and url.port else None
