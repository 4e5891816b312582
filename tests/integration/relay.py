"""A wire between a client and a real server that a test can cut, block or let fall silent."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from typing import Self
from urllib.parse import urlsplit


class Relay:
    """Listens on a port of its own and passes bytes to the server behind ``url`` and back."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._server = (parts.hostname, parts.port)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._port = self._listener.getsockname()[1]
        #: The same URL by way of this wire.
        self.url = parts._replace(
            netloc=f"{parts.netloc.rpartition('@')[0]}@127.0.0.1:{self._port}",
        ).geturl()
        self._ends: list[socket.socket] = []
        self._threads: list[threading.Thread] = []
        self._silent = threading.Event()

    def __enter__(self) -> Self:
        self._start(self._accept, self._listener)
        return self

    def __exit__(self, *_: object) -> None:
        self.refuse()
        for thread in self._threads:
            thread.join()

    def cut(self) -> None:
        """Break what is connected; new connections are taken."""
        while self._ends:
            _close(self._ends.pop())

    def refuse(self) -> None:
        """Break what is connected and refuse what comes."""
        _close(self._listener)
        self.cut()

    def accept(self) -> None:
        """Take connections again."""
        self._listener = socket.create_server(("127.0.0.1", self._port))
        self._start(self._accept, self._listener)

    def swallow(self) -> None:
        """Go on taking bytes and connections, and pass nothing on."""
        self._silent.set()

    def _start(self, target, *args: object) -> None:
        thread = threading.Thread(target=target, args=args)
        self._threads.append(thread)
        thread.start()

    def _accept(self, listener: socket.socket) -> None:
        with suppress(OSError):
            while True:
                client, _ = listener.accept()
                server = socket.create_connection(self._server)
                self._ends += [client, server]
                self._start(self._pass_on, client, server)
                self._start(self._pass_on, server, client)

    def _pass_on(self, source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                if not self._silent.is_set():
                    target.sendall(data)
        _close(source)
        _close(target)


def _close(end: socket.socket) -> None:
    # Closing alone does not wake a thread that waits in accept or recv.
    with suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
    end.close()
