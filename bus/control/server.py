"""Control over a socket that only the home's owner can open: ``POST /{name}`` with JSON arguments.

The answer is ``{"ok": true, "result": ...}`` or ``{"ok": false, "error": {"code", "text"}}``. Who asks is the
operating system's word on the other end of the socket, never the caller's.
"""

from __future__ import annotations

import asyncio
import os
import pwd
import socket
import struct
from asyncio import BaseTransport
from pathlib import Path
from typing import Any

import orjson
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from bus import log
from bus.control.failures import described
from bus.control.operations import call
from bus.control.parts import Parts
from bus.errors import BusError
from bus.listener import Server

_log = log.get()
#: What an address of a Unix socket may have on Linux, less the final NUL.
_LONGEST = 107


class ControlServer:
    """Answers the command line. Start it last and stop it first."""

    def __init__(self, path: Path, parts: Parts) -> None:
        self._path = path
        self._socket = _bind(path)
        self._server = Server(_application(parts), fd=self._socket.fileno(), http=_Peered)

    def start(self) -> None:
        """Listen."""
        self._server.start()

    def end(self) -> None:
        """Begin to stop, and wait for nothing."""
        self._server.end()

    def stop(self) -> None:
        """Listen no more, and leave no socket behind. Idempotent."""
        self._server.stop()
        self._socket.close()
        self._path.unlink(missing_ok=True)


def _bind(path: Path) -> socket.socket:
    """The socket under its name, closed to others before anybody can connect. A stale one is replaced."""
    if len(os.fsencode(path)) > _LONGEST:
        raise BusError(f"{path} is too long for a socket ({_LONGEST} bytes at most): set BUS_HOME to a shorter path")
    path.unlink(missing_ok=True)
    bound = socket.socket(socket.AF_UNIX)
    bound.bind(str(path))
    path.chmod(0o600)
    return bound


class _Peered(HttpToolsProtocol):
    """A connection whose client is the user at its other end."""

    def connection_made(self, transport: BaseTransport) -> None:
        super().connection_made(transport)  # type: ignore[arg-type]
        self.client = (_peer(transport.get_extra_info("socket")), 0)


def _peer(connection: Any) -> str:
    credentials = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
    _, user, _ = struct.unpack("3i", credentials)
    try:
        return pwd.getpwuid(user).pw_name
    except KeyError:
        return str(user)


def _application(parts: Parts) -> Starlette:
    async def answer(request: Request) -> Response:
        who = request.client.host if request.client else ""
        text = await request.body()
        reply = await asyncio.to_thread(_answer, parts, who, request.path_params["name"], text)
        return Response(orjson.dumps(reply), media_type="application/json")

    return Starlette(routes=[Route("/{name}", answer, methods=["POST"])])


def _answer(parts: Parts, who: str, name: str, text: bytes) -> dict[str, Any]:
    try:
        return {"ok": True, "result": call(parts, who, name, orjson.loads(text or b"{}"))}
    except BusError as error:
        return {"ok": False, "error": described(error)}
    except Exception:
        _log.exception("control.failed", what=name)
        return {"ok": False, "error": {"code": "bus.fault", "text": f"{name} failed; the log of the bus says why"}}
