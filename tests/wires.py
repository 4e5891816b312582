"""HTTP as it stands on the wire: what is sent is bytes, and so is what comes back."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

PATIENCE = 30.0
_LENGTH = re.compile(rb"content-length: (\d+)\r\n")
_DATE = re.compile(rb"date: [^\r]+\r\n")


def request(path: str, body: bytes = b"", *lines: str) -> bytes:
    """A POST with its length among its headers, the given lines before it."""
    head = [f"POST {path} HTTP/1.1", "host: bus", *lines, f"content-length: {len(body)}", "", ""]
    return "\r\n".join(head).encode("latin-1") + body


class Wire:
    """One connection."""

    def __init__(self, connection: socket.socket, incoming: BinaryIO) -> None:
        self._connection = connection
        self._incoming = incoming

    def say(self, data: bytes) -> None:
        self._connection.sendall(data)

    def hear(self) -> bytes:
        """The next answer as it came, but for its date; nothing where the connection ends."""
        head = self.head()
        length = _LENGTH.search(head)
        if not length:
            return head
        return _DATE.sub(b"", head) + self._incoming.read(int(length[1]))

    def head(self) -> bytes:
        """The next status line with its headers; nothing where the connection ends."""
        head = b""
        while not head.endswith(b"\r\n\r\n") and (line := self._incoming.readline()):
            head += line
        return head

    def ended(self) -> bool:
        """Whether nothing more comes, ever."""
        return self._incoming.read(1) == b""


@contextmanager
def wire(port: int) -> Iterator[Wire]:
    """A connection to a port of this machine."""
    with socket.create_connection(("127.0.0.1", port), PATIENCE) as connection, connection.makefile("rb") as incoming:
        yield Wire(connection, incoming)


def exchanged(port: int, said: bytes) -> bytes:
    """The answer to a request on a connection of its own."""
    with wire(port) as connection:
        connection.say(said)
        return connection.hear()
