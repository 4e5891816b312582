"""A thread in which a sandbox's connections are served, for tests and commands that are not asynchronous."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

from adapters.http.connection import Connection
from adapters.http.stage import House

T = TypeVar("T")


class Playground:
    """One listening socket, one event loop, one thread."""

    def __init__(self, house: House, host: str, port: int) -> None:
        self._house = house
        self.host = host
        #: The port that is listened on; the one asked for until :meth:`start`, then also where that was 0.
        self.port = port
        self._listening: Future[tuple[asyncio.AbstractEventLoop, int]] = Future()
        self._thread = threading.Thread(target=self._run, name="sandbox", daemon=True)

    def start(self) -> None:
        """Listen. Raises OSError where the port is taken."""
        self._thread.start()
        self._loop, self.port = self._listening.result()

    def stop(self) -> None:
        """Hang up on everybody; may be called twice."""
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._stopped.set)
            self._thread.join()

    def call(self, action: Callable[[], T]) -> T:
        """Do something in the loop; done when this returns."""

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
        server = await loop.create_server(lambda: Connection(self._house), self.host, self.port)
        async with server:
            self._listening.set_result((loop, server.sockets[0].getsockname()[1]))
            await self._stopped.wait()
            await _all_taken()
            server.close()
            for transport in list(self._house.connections):
                transport.abort()


async def _all_taken() -> None:
    """No connection is half taken: the house can hang up on each. A server that is closed meanwhile would leak it."""
    while others := asyncio.all_tasks() - {asyncio.current_task()}:
        await asyncio.wait(others)
