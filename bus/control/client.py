"""Speaks to a running daemon: over the control socket of its home, or over HTTP where it runs elsewhere."""

from __future__ import annotations

import http.client
import os
import socket
import ssl
from collections.abc import Mapping
from http import HTTPStatus
from pathlib import Path
from types import MappingProxyType
from typing import Any, BinaryIO
from urllib.parse import urlencode, urlsplit

import orjson

from bus.control.failures import ControlFailed
from bus.errors import BusError, NotFound, SecretMissing

#: Seconds an order may take: one on many copies takes its time.
_PATIENCE = 600.0
#: Where it takes questions and orders.
_BELOW = "/api/v1/control/"
_JSON: Mapping[str, str] = MappingProxyType({"Content-Type": "application/json"})


class NoDaemon(BusError):
    """Nobody answers at the control socket, or at the address."""


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

    def carry(self, name: str, file: Path, **arguments: Any) -> Any:
        """As :meth:`call`, about a file of this machine: the daemon reads it itself."""
        return self.call(name, file=str(file.absolute()), **arguments)

    def _post(self, name: str, body: bytes) -> bytes:
        return _post(_Connection(self._path), f"/{name}", body, _JSON)[1]


class FarClient:
    """The operations of a bus that runs elsewhere (``BUS_URL``), under the name of the operator whose token it is.

    Raises SecretMissing where the file of the token cannot be read.
    """

    def __init__(self, url: str, token_file: str, ca_file: str = "") -> None:
        self._url = urlsplit(url)
        self._token = _token(token_file)
        self._ca_file = ca_file

    def call(self, name: str, **arguments: Any) -> Any:
        """Have an operation carried out. Raises ControlFailed with the bus's reason, NoDaemon where nobody answers."""
        return self._asked(name, orjson.dumps(arguments), _JSON)

    def carry(self, name: str, file: Path, **arguments: Any) -> Any:
        """As :meth:`call`, with a file that is sent along piece by piece. Raises NotFound where it cannot be read."""
        query = urlencode({"file": file.name, **_as_text(arguments)}, doseq=True)
        try:
            with file.open("rb") as opened:
                media = _JSON["Content-Type"] if file.suffix == ".json" else "application/xml"
                length = {"Content-Type": media, "Content-Length": str(os.fstat(opened.fileno()).st_size)}
                return self._asked(f"{name}?{query}", opened, length)
        except OSError as error:
            raise NotFound(f"{file} cannot be read: {error.strerror}") from error

    def _asked(self, what: str, sent: bytes | BinaryIO, headers: Mapping[str, str]) -> Any:
        signed = {"Authorization": f"Bearer {self._token}", **headers}
        status, body = _post(self._connection(), _BELOW + what, sent, signed)
        try:
            told = orjson.loads(body)
        except orjson.JSONDecodeError:
            raise NoDaemon(f"what answers at {self._url.netloc} is no bus: HTTP {status}") from None
        if status != HTTPStatus.OK:
            raise ControlFailed(
                {"code": str(told.get("code", "bus.error")), "text": str(told.get("detail", "")), **told}
            )
        return told

    def _connection(self) -> http.client.HTTPConnection:
        host = self._url.hostname or ""
        if self._url.scheme == "http":
            return http.client.HTTPConnection(host, self._url.port, timeout=_PATIENCE)
        context = ssl.create_default_context(cafile=self._ca_file or None)
        return http.client.HTTPSConnection(host, self._url.port, timeout=_PATIENCE, context=context)


def _as_text(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """As a query has them: what is not given is left out."""
    words = {True: "true", False: "false"}
    return {
        name: words[value] if isinstance(value, bool) else value
        for name, value in arguments.items()
        if value is not None
    }


def _token(file: str) -> str:
    if not file:
        raise SecretMissing("BUS_TOKEN_FILE", "name the file your token is in")
    try:
        return Path(file).read_text(encoding="ascii").strip()
    except (OSError, ValueError) as error:
        raise SecretMissing("BUS_TOKEN_FILE", f"{file}: {error}") from error


def _post(
    connection: http.client.HTTPConnection, path: str, body: bytes | BinaryIO, headers: Mapping[str, str]
) -> tuple[int, bytes]:
    try:
        connection.request("POST", path, body, dict(headers))
        answer = connection.getresponse()
        return answer.status, answer.read()
    except (OSError, http.client.HTTPException) as error:
        raise NoDaemon(f"no answer came: {error}") from error
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
