"""The way in over TLS: handshakes, bounded in number and in time, before a connection is one.

Where there are too many, who has taken longest goes: whoever means to speak is through in a moment. When others vouch for callers
than before, the connections of those who showed a certificate end as soon as nothing is being answered on them.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import uvicorn

from bus.connection import Bounds, Connection
from bus.tls import Renewed

#: Callers that wait to be taken, and seconds of rest where the system has no room for another.
_BACKLOG, _REST = 2048, 1.0
#: Seconds in which a caller may say farewell too, once we did.
_FAREWELL = 5.0


class Entrance:
    """One address. Used in the listener's loop; ``make`` makes what a caller becomes, which is then one of ``made``."""

    def __init__(
        self,
        address: tuple[str, int],
        renewed: Renewed,
        bounds: Bounds,
        make: Callable[[], Connection],
        made: set[Any],
    ) -> None:
        """Listens. Raises OSError where the address cannot be had."""
        family, _, _, _, where = socket.getaddrinfo(*address, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        self.sockets = (socket.create_server(where[:2], family=family, backlog=_BACKLOG),)
        self.sockets[0].setblocking(False)
        self._renewed = renewed
        self._trust = renewed.trust
        self._bounds = bounds
        self._make = make
        self._made = made
        #: Handshakes under way, the oldest first.
        self._waiting: dict[asyncio.Task[None], socket.socket] = {}
        self._task = asyncio.get_running_loop().create_task(self._run())

    def close(self) -> None:
        """Take nobody in any more; who is in stays."""
        for task in (self._task, *self._waiting):
            task.cancel()

    async def wait_closed(self) -> None:
        """Until nothing is left to come in."""
        await asyncio.wait((self._task, *self._waiting))

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        with self.sockets[0] as listening:
            while True:
                try:
                    caller, _ = await loop.sock_accept(listening)
                except OSError:
                    await asyncio.sleep(_REST)
                else:
                    self._begin(caller)

    def _begin(self, caller: socket.socket) -> None:
        task = asyncio.get_running_loop().create_task(self._secure(caller))
        self._waiting[task] = caller
        task.add_done_callback(self._ended)
        if len(self._waiting) + len(self._made) > 2 * self._bounds.connections:
            next(iter(self._waiting)).cancel()

    def _ended(self, task: asyncio.Task[None]) -> None:
        caller = self._waiting.pop(task)
        if task.cancelled():
            caller.close()

    async def _secure(self, caller: socket.socket) -> None:
        """From the first word to a connection, or to none: what a caller does wrong here is told to nobody."""
        context = self._renewed.context()
        self._look_at_trust()
        with suppress(OSError):
            await asyncio.get_running_loop().connect_accepted_socket(
                self._make,
                caller,
                ssl=context,
                ssl_handshake_timeout=self._bounds.patience,
                ssl_shutdown_timeout=_FAREWELL,
            )

    def _look_at_trust(self) -> None:
        if self._renewed.trust != self._trust:
            self._trust = self._renewed.trust
            for one in list(self._made):
                if isinstance(one, Connection) and one.peer:
                    one.shutdown()


class SecuredServer(uvicorn.Server):
    """Uvicorn's server behind such an entrance. ``connection`` makes a connection as uvicorn would."""

    def __init__(
        self, config: uvicorn.Config, renewed: Renewed, bounds: Bounds, connection: Callable[..., Connection]
    ) -> None:
        super().__init__(config)
        self._renewed = renewed
        self._bounds = bounds
        self._make = connection

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:  # noqa: ARG002 - it has its own
        """Listen. Raises OSError where the address cannot be had."""
        await self.lifespan.startup()
        address = (self.config.host, self.config.port)
        self.servers: list[Any] = [
            Entrance(address, self._renewed, self._bounds, self._connection, self.server_state.connections)
        ]
        self.started = True

    def _connection(self) -> Connection:
        return self._make(config=self.config, server_state=self.server_state, app_state={})
