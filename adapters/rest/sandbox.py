"""A sandbox of partners that take documents by the push protocol, and misbehave when they are told to.

``POST /{agency}/edoc`` and ``GET /{agency}/edoc/{docId}`` are the protocol, for as many agencies as there are
names; ``POST /_control/{agency}`` takes an :class:`~adapters.rest.sandbox_partner.Order` as JSON, and ``GET
/_control/{agency}`` tells what the agency has. Everything is in memory and gone at the end.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from typing import TypeVar

from adapters.rest.sandbox_partner import Order
from adapters.rest.sandbox_server import Connection, Town

T = TypeVar("T")


class RestSandbox:
    """Runs the sandbox in a thread of its own; ``start`` returns when it listens."""

    def __init__(self, host: str = "127.0.0.1", port: int = 0, key: str | None = None) -> None:
        self._host = host
        self._port = port
        self._town = Town(key.encode() if key else None)
        self._listening: Future[tuple[asyncio.AbstractEventLoop, int]] = Future()
        self._thread = threading.Thread(target=self._run, name="rest-sandbox", daemon=True)

    def start(self) -> None:
        """Listen. Raises OSError where the port is taken."""
        self._thread.start()
        self._loop, self._port = self._listening.result()

    def stop(self) -> None:
        """Hang up on everybody; may be called twice."""
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._stopped.set)
            self._thread.join()

    def url(self, agency: str) -> str:
        """Where this agency takes documents."""
        return f"http://{self._host}:{self._port}/{agency}/edoc"

    def order(self, agency: str, order: Order) -> None:
        """Tell an agency what to do; in effect when this returns."""
        self._in_loop(lambda: self._town.obey(agency, order))

    def account(self, agency: str) -> Mapping[str, object]:
        """What an agency has."""
        return self._in_loop(lambda: self._town.account(agency))

    def _in_loop(self, action: Callable[[], T]) -> T:
        async def act() -> T:
            return action()

        return asyncio.run_coroutine_threadsafe(act(), self._loop).result()

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        except OSError as error:
            self._listening.set_exception(error)

    async def _serve(self) -> None:
        loop = asyncio.get_running_loop()
        self._stopped = asyncio.Event()
        server = await loop.create_server(lambda: Connection(self._town), self._host, self._port)
        async with server:
            self._listening.set_result((loop, server.sockets[0].getsockname()[1]))
            await self._stopped.wait()
            server.close()
            self._hang_up()

    def _hang_up(self) -> None:
        for transport in list(self._town.connections):
            transport.abort()
