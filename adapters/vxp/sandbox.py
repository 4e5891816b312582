"""A sandbox of the national axis as its callers see it, which misbehaves when it is told to.

All thirteen calls stand below any path and are signed; ``POST /_control`` takes an order or habits as JSON (see
:mod:`adapters.vxp.sandbox_orders`), and ``GET /_control`` tells what the axis has. Everything is in memory and
gone at the end.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from typing import TypeVar

from adapters.vxp.sandbox_axis import Axis, System
from adapters.vxp.sandbox_orders import Control, Habits, Order
from adapters.vxp.sandbox_server import Connection, House
from bus.clock import Clock, SystemClock

T = TypeVar("T")


class AxisSandbox:
    """Runs the sandbox in a thread of its own; ``start`` returns when it listens."""

    def __init__(
        self, systems: Mapping[str, System], host: str = "127.0.0.1", port: int = 0, clock: Clock | None = None
    ) -> None:
        self._host = host
        self._port = port
        self._house = House(Axis(systems, (clock or SystemClock()).now))
        self._listening: Future[tuple[asyncio.AbstractEventLoop, int]] = Future()
        self._thread = threading.Thread(target=self._run, name="axis-sandbox", daemon=True)

    def start(self) -> None:
        """Listen. Raises OSError where the port is taken."""
        self._thread.start()
        self._loop, self._port = self._listening.result()

    def stop(self) -> None:
        """Hang up on everybody; may be called twice."""
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._stopped.set)
            self._thread.join()

    @property
    def url(self) -> str:
        """Where the axis's adapter is."""
        return f"http://{self._host}:{self._port}/XrdAdapter/adapter"

    def order(self, order: Order) -> None:
        """Tell the axis how to meet calls; in effect when this returns."""
        self._in_loop(lambda: self._house.obey(Control(order=order)))

    def form(self, habits: Habits) -> None:
        """Give the axis habits; in effect when this returns."""
        self._in_loop(lambda: self._house.obey(Control(habits=habits)))

    def account(self) -> Mapping[str, object]:
        """What the axis has."""
        return self._in_loop(self._house.account)

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
        server = await loop.create_server(lambda: Connection(self._house), self._host, self._port)
        async with server:
            self._listening.set_result((loop, server.sockets[0].getsockname()[1]))
            await self._stopped.wait()
            server.close()
            for transport in list(self._house.connections):
                transport.abort()
