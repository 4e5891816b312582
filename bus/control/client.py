"""Speaks to the daemon of a home over its control socket."""

from __future__ import annotations

import http.client
import socket
from pathlib import Path
from typing import Any

import orjson

from bus.control.failures import ControlFailed
from bus.errors import BusError

#: Seconds an order may take: one on many copies takes its time.
_PATIENCE = 600.0


class NoDaemon(BusError):
    """Nobody answers at the control socket."""


class ControlClient:
    """The operations of a running daemon. Raises NoDaemon at once where none runs."""

    def __init__(self, path: Path) -> None:
        self._path = path
        _connect(path).close()

    def call(self, name: str, **arguments: Any) -> Any:
        """Have an operation carried out. Raises ControlFailed with the daemon's reason."""
        reply = orjson.loads(self._post(name, orjson.dumps(arguments)))
        if not reply["ok"]:
            raise ControlFailed(reply["error"])
        return reply["result"]

    def _post(self, name: str, body: bytes) -> bytes:
        connection = _Connection(self._path)
        try:
            connection.request("POST", f"/{name}", body, {"Content-Type": "application/json"})
            return connection.getresponse().read()
        except (OSError, http.client.HTTPException) as error:
            raise NoDaemon(f"the daemon went away before it answered: {error}") from error
        finally:
            connection.close()


class _Connection(http.client.HTTPConnection):
    """HTTP over a Unix socket."""

    def __init__(self, path: Path) -> None:
        super().__init__("localhost")
        self._path = path

    def connect(self) -> None:
        self.sock = _connect(self._path)


def _connect(path: Path) -> socket.socket:
    connection = socket.socket(socket.AF_UNIX)
    connection.settimeout(_PATIENCE)
    try:
        connection.connect(str(path))
    except OSError as error:
        connection.close()
        raise NoDaemon(f"no daemon answers at {path}: {error.strerror or error}") from error
    return connection
