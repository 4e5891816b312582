"""A server on a bare socket that does exactly what a test tells it, also what no HTTP server would."""

from __future__ import annotations

import hashlib
import re
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, Self

from bus.message import Claim
from bus.transport import Request

BODY = b"<edXML/>" * 500
OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"


class Connection:
    """One accepted connection, as a behaviour sees it."""

    def __init__(self, sock: socket.socket, server: RawServer) -> None:
        self._sock = sock
        self._server = server
        self._buffer = bytearray()

    def head(self) -> bytes:
        """Read one request's head."""
        while b"\r\n\r\n" not in self._buffer:
            self._more()
        head, _, self._buffer = self._buffer.partition(b"\r\n\r\n")
        return bytes(head)

    def request(self) -> bytes:
        """Read one whole request, record it, and give back its bytes."""
        head = self.head()
        size = announced(head)
        while len(self._buffer) < size:
            self._more()
        body, self._buffer = self._buffer[:size], self._buffer[size:]
        request = head + b"\r\n\r\n" + bytes(body)
        self._server.requests.append(request)  # other connections append at the same time
        return request

    def pieces(self) -> Iterator[bytes]:
        """One request's body as it comes; nothing of it is kept."""
        yield from self.rest(self.head())

    def rest(self, head: bytes) -> Iterator[bytes]:
        """The body of the request whose head was read, in the same way."""
        left = announced(head)
        while left:
            if not self._buffer:
                self._more()
            piece, self._buffer = bytes(self._buffer), bytearray()
            left -= len(piece)
            yield piece

    def send(self, data: bytes) -> None:
        self._sock.sendall(data)

    def shown(self) -> str:
        """The common name in the certificate the other side showed."""
        assert isinstance(self._sock, ssl.SSLSocket)
        subject: Any = (self._sock.getpeercert() or {})["subject"]
        return dict(pairs[0] for pairs in subject)["commonName"]

    def until_gone(self) -> None:
        """Keep the connection and say nothing until the other side leaves."""
        while self._sock.recv(65536):
            pass

    def _more(self) -> None:
        data = self._sock.recv(65536)
        if not data:
            raise ConnectionError
        self._buffer += data


Behaviour = Callable[[Connection], None]


def announced(head: bytes) -> int:
    """The Content-Length of a head; 0 without one."""
    found = re.search(rb"\r\ncontent-length: *(\d+)", head, re.IGNORECASE)
    return int(found[1]) if found else 0


class RawServer:
    """Runs ``behaviour`` for each connection in a thread of its own, and keeps whole requests."""

    def __init__(self, behaviour: Behaviour, tls: ssl.SSLContext | None = None) -> None:
        self._behaviour = behaviour
        self._tls = tls
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._threads = [threading.Thread(target=self._accept)]
        self._open: list[socket.socket] = []
        self.requests: list[bytes] = []
        self.connections = 0
        self._threads[0].start()

    @property
    def port(self) -> int:
        return int(self._socket.getsockname()[1])

    def url(self, path: str = "/edoc") -> str:
        return f"{'https' if self._tls else 'http'}://127.0.0.1:{self.port}{path}"

    def stop(self) -> None:
        """Close everything and wait: what was recorded by then is all there will ever be."""
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._threads[0].join()
        for sock in self._open:
            with suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
        for thread in self._threads[1:]:
            thread.join()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                sock, _ = self._socket.accept()
                self.connections += 1
                self._open.append(sock)
                self._threads.append(threading.Thread(target=self._serve, args=(sock,)))
                self._threads[-1].start()

    def _serve(self, sock: socket.socket) -> None:
        # A client that leaves in the middle is what many of these tests are about.
        with suppress(OSError), self._wrapped(sock) as wrapped:
            self._open.append(wrapped)
            self._behaviour(Connection(wrapped, self))

    def _wrapped(self, sock: socket.socket) -> socket.socket:
        try:
            return self._tls.wrap_socket(sock, server_side=True) if self._tls else sock
        except OSError:
            sock.close()
            raise


def answers(answer: bytes = OK) -> Behaviour:
    """Every request of every connection gets this answer."""

    def behave(connection: Connection) -> None:
        while True:
            connection.request()
            connection.send(answer)

    return behave


def telling(seen: list[str]) -> Behaviour:
    """Every request is answered, and whose certificate came with it is noted."""

    def behave(connection: Connection) -> None:
        while True:
            connection.request()
            seen.append(connection.shown())
            connection.send(OK)

    return behave


def answers_then(first: int, behaviour: Behaviour) -> Behaviour:
    """The first requests are answered well, on a connection that is kept; then ``behaviour``."""

    def behave(connection: Connection) -> None:
        for _ in range(first):
            connection.request()
            connection.send(OK)
        behaviour(connection)

    return behave


def hangs_up(_connection: Connection) -> None:
    """The connection ends before anything is read."""


def reads_and_hangs_up(connection: Connection) -> None:
    connection.request()


def reads_and_breaks_off(connection: Connection) -> None:
    connection.request()
    connection.send(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{")


def reads_and_is_silent(connection: Connection) -> None:
    connection.request()
    connection.until_gone()


def is_silent(connection: Connection) -> None:
    connection.until_gone()


def claim(data: bytes) -> Claim:
    return Claim(hashlib.sha256(data).hexdigest(), len(data), data)


def post(server: RawServer, body: Claim | bytes | None = BODY, path: str = "/edoc") -> Request:
    return Request("POST", server.url(path), {"Content-Type": "application/xml"}, body, idle_timeout=0.2)


def body_of(request: bytes) -> bytes:
    return request.partition(b"\r\n\r\n")[2]


def answer_of(size: int) -> Behaviour:
    return answers(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % size + b"x" * size)


@contextmanager
def nobody_accepts() -> Iterator[str]:
    """A listening socket whose queue is full: connecting to it neither succeeds nor fails."""
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        deaf.listen(0)
        fillers = [socket.socket() for _ in range(4)]
        for filler in fillers:
            filler.setblocking(False)
            filler.connect_ex(deaf.getsockname())
        yield f"http://127.0.0.1:{deaf.getsockname()[1]}/"
        for filler in fillers:
            filler.close()
