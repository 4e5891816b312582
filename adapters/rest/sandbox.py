"""A sandbox of partners that take documents by the push protocol, and misbehave when they are told to.

``POST /{agency}/edoc`` and ``GET /{agency}/edoc/{docId}`` are the protocol, for as many agencies as there are
names; ``POST /_control/{agency}`` takes an :class:`~adapters.rest.sandbox_partner.Order` as JSON, and ``GET
/_control/{agency}`` tells what the agency has. Everything is in memory and gone at the end.
"""

from __future__ import annotations

from collections.abc import Mapping

from adapters.http.playground import Playground
from adapters.rest.sandbox_partner import Order
from adapters.rest.sandbox_server import Town


class RestSandbox:
    """Runs the sandbox in a thread of its own; ``start`` returns when it listens."""

    def __init__(self, host: str = "127.0.0.1", port: int = 0, key: str | None = None) -> None:
        self._town = Town(key.encode() if key else None)
        self._playground = Playground(self._town, host, port)

    def start(self) -> None:
        """Listen. Raises OSError where the port is taken."""
        self._playground.start()

    def stop(self) -> None:
        """Hang up on everybody; may be called twice."""
        self._playground.stop()

    def url(self, agency: str) -> str:
        """Where this agency takes documents."""
        return f"http://{self._playground.host}:{self._playground.port}/{agency}/edoc"

    def order(self, agency: str, order: Order) -> None:
        """Tell an agency what to do; in effect when this returns."""
        self._playground.call(lambda: self._town.obey(agency, order))

    def account(self, agency: str) -> Mapping[str, object]:
        """What an agency has."""
        return self._playground.call(lambda: self._town.account(agency))
