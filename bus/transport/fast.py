"""HTTP out by libcurl, for pushing documents: streams from disk, keeps connections, many threads at once.

The only module that knows pycurl. Two things here are not obvious and are held by tests:

* A body goes out by a read function without a seek function. libcurl silently repeats a request whose
  kept connection died under it, also when the server had read it whole; a body that cannot be
  rewound makes that fail (error 65) instead, which is an unknown outcome and nothing worse.
* ``REQUEST_SIZE`` is zero exactly as long as no byte of a request has left. That alone decides between
  "nothing was done there" and "it may have been carried out".
"""

from __future__ import annotations

import select
import time
from collections.abc import Callable
from typing import BinaryIO

import pycurl

from bus.errors import FailureClass, OutcomeUnknown, Unreachable
from bus.transport import Request, Response, Tls
from bus.transport.pool import Pool
from bus.transport.wire import MAX_HEAD, folded, headers, opened, origin, trusted

#: Bytes read from a body at a time.
_PIECE = 512 << 10

#: Milliseconds between two looks at a call in which nothing happens, and at one whose socket libcurl cannot name: while
#: a name is looked up, and where the process has more than a thousand files open.
_LOOK, _BLIND = 1000.0, 10.0

_SAFE = frozenset({"GET", "HEAD"})

_TLS_ERRORS = frozenset(
    {
        pycurl.E_SSL_CONNECT_ERROR,
        pycurl.E_SSL_CACERT,
        pycurl.E_SSL_CACERT_BADFILE,
        pycurl.E_SSL_CERTPROBLEM,
        pycurl.E_SSL_CIPHER,
        pycurl.E_SSL_ISSUER_ERROR,
        pycurl.E_SSL_PEER_CERTIFICATE,
        pycurl.E_PEER_FAILED_VERIFICATION,
    }
)


class FastTransport:
    """The :class:`~bus.transport.Transport` for many pushes."""

    def __init__(self, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._pool: Pool[_Line] = Pool(_Line, _Line.close, monotonic)

    def call(self, request: Request) -> Response:
        key, lines = origin(request), _header_lines(request)
        reader, size = opened(request.body)
        with reader, self._pool.lent(key) as line:
            try:
                _prepare(line.curl, request, lines)
                _load(line.curl, request.method, reader, size)
                return _perform(line, request)
            finally:
                line.curl.reset()

    def close(self) -> None:
        self._pool.close()


class _Answer:
    """Collects an answer and stops libcurl where it grows too large."""

    def __init__(self, limit: int, into: Callable[[bytes], None] | None) -> None:
        self._limit = limit
        self._into = into
        #: What the taker of the body raised: libcurl would only say that writing failed.
        self.fault: BaseException | None = None
        self._head: list[bytes] = []
        self._head_size = 0
        self._body: list[bytes] = []
        self._body_size = 0
        self.too_large = False

    def on_header(self, line: bytes) -> int:
        if line.startswith(b"HTTP/"):  # after an interim answer (1xx) the real one begins anew
            self._head.clear()
        self._head.append(line)
        self._head_size += len(line)
        return self._verdict(line, self._head_size <= MAX_HEAD)

    def on_body(self, data: bytes) -> int:
        self._body_size += len(data)
        if self._body_size > self._limit:
            return self._verdict(data, fits=False)
        try:
            (self._into or self._body.append)(data)
        except BaseException as fault:
            self.fault = fault
            return 0
        return len(data)

    def _verdict(self, taken: bytes, fits: bool) -> int:
        self.too_large = self.too_large or not fits
        return len(taken) if fits else 0

    def response(self, status: int) -> Response:
        split = [line.decode("latin-1").partition(":") for line in self._head[1:] if b":" in line]
        return Response(status, folded((name, value) for name, _, value in split), b"".join(self._body))


class _Line:
    """Carries one call at a time and keeps its connection.

    Driven from here and not by libcurl's own loop, whose callbacks of progress are the only way to watch it: each of
    them takes the interpreter from another thread, eight times in a small call.
    """

    def __init__(self) -> None:
        self.curl = pycurl.Curl()
        self._multi = pycurl.CurlMulti()

    def close(self) -> None:
        self.curl.close()
        self._multi.close()

    def run(self, idle: float, in_all: float) -> tuple[int, str] | None:
        """Make the call; libcurl's code and words where it fails. Given up where nothing can be read or written for
        ``idle`` seconds once the request has begun to leave, and after so many ``in_all``.
        """
        self._multi.add_handle(self.curl)
        try:
            if not self._finished(idle, time.monotonic() + in_all):
                return pycurl.E_ABORTED_BY_CALLBACK, "the call took too long"
            failed = self._multi.info_read()[2]
            return failed[0][1:] if failed else None
        finally:
            self._multi.remove_handle(self.curl)

    def _finished(self, idle: float, end: float) -> bool:
        since = time.monotonic()
        while self._multi.perform()[1]:
            moved = self._wait(idle)
            now = time.monotonic()
            if moved or not self.curl.getinfo(pycurl.REQUEST_SIZE):
                since = now
            if now - since >= idle or now > end:
                return False
        return True

    def _wait(self, seconds: float) -> bool:
        """Until a socket is ready or libcurl has something to do by time; whether one is."""
        to_read, to_write, _ = self._multi.fdset()
        poll = select.poll()
        for socket in to_read:
            poll.register(socket, select.POLLIN)
        for socket in to_write:
            poll.register(socket, select.POLLOUT)
        due = self._multi.timeout()
        limit = min(seconds * 1000, _LOOK if to_read or to_write else _BLIND)
        return bool(poll.poll(limit if due < 0 else min(due, limit)))


def _header_lines(request: Request) -> list[str]:
    # A lone name takes a header out that libcurl would add by itself; a semicolon sends an empty one.
    lines = [f"{name}: {value}" if value.strip() else f"{name};" for name, value in headers(request).items()]
    silenced = {"expect", "content-type"} - {name.lower() for name in request.headers}
    return lines + [f"{name}:" for name in sorted(silenced)]


def _prepare(curl: pycurl.Curl, request: Request, lines: list[str]) -> None:
    curl.setopt(pycurl.URL, request.url)
    curl.setopt(pycurl.PATH_AS_IS, 1)
    curl.setopt(pycurl.PROTOCOLS, pycurl.PROTO_HTTP | pycurl.PROTO_HTTPS)
    # HTTP/2 has its own rules of when a request may be repeated by the library.
    curl.setopt(pycurl.HTTP_VERSION, pycurl.CURL_HTTP_VERSION_1_1)
    curl.setopt(pycurl.HTTPHEADER, lines)
    curl.setopt(pycurl.FOLLOWLOCATION, 0)
    curl.setopt(pycurl.PROXY, "")
    curl.setopt(pycurl.NOSIGNAL, 1)
    curl.setopt(pycurl.CONNECTTIMEOUT_MS, _millis(request.connect_timeout))
    if request.url.startswith("https"):
        _secure(curl, request.tls)


def _secure(curl: pycurl.Curl, tls: Tls) -> None:
    curl.setopt(pycurl.SSL_VERIFYPEER, 1)
    curl.setopt(pycurl.SSL_VERIFYHOST, 2)
    curl.setopt(pycurl.SSLVERSION, pycurl.SSLVERSION_TLSv1_2)
    if authorities := trusted(tls):
        curl.setopt(pycurl.CAPATH if authorities.is_dir() else pycurl.CAINFO, str(authorities))
    if tls.cert_file:
        curl.setopt(pycurl.SSLCERT, str(tls.cert_file))
        curl.setopt(pycurl.SSLKEY, str(tls.key_file or tls.cert_file))


def _load(curl: pycurl.Curl, method: str, reader: BinaryIO, size: int) -> None:
    if method == "HEAD":
        curl.setopt(pycurl.NOBODY, 1)
        return
    if method != "POST":
        curl.setopt(pycurl.CUSTOMREQUEST, method)
    if size or method not in _SAFE:
        curl.setopt(pycurl.POST, 1)
        curl.setopt(pycurl.POSTFIELDSIZE_LARGE, size)
        curl.setopt(pycurl.READFUNCTION, reader.read)
        curl.setopt(pycurl.UPLOAD_BUFFERSIZE, _PIECE)
    if not size and method not in _SAFE:
        # Nothing to rewind would let libcurl repeat it on a new connection; so it starts on a new one.
        curl.setopt(pycurl.FRESH_CONNECT, 1)


def _perform(line: _Line, request: Request) -> Response:
    curl, answer = line.curl, _Answer(request.max_answer, request.into)
    curl.setopt(pycurl.HEADERFUNCTION, answer.on_header)
    curl.setopt(pycurl.WRITEFUNCTION, answer.on_body)
    if failed := line.run(request.idle_timeout, request.total_timeout):
        if answer.fault:
            raise answer.fault
        raise _failure(curl, answer, *failed)
    return answer.response(curl.getinfo(pycurl.RESPONSE_CODE))


def _failure(curl: pycurl.Curl, answer: _Answer, code: int, words: str) -> Unreachable:
    if answer.too_large:
        return OutcomeUnknown("the answer was too large to be read")
    if curl.getinfo(pycurl.REQUEST_SIZE):
        return OutcomeUnknown(words)
    if code == pycurl.E_OPERATION_TIMEDOUT:
        return Unreachable(FailureClass.TIMEOUT_BEFORE_SEND, words)
    return Unreachable(FailureClass.TLS if code in _TLS_ERRORS else FailureClass.CONNECT, words)


def _millis(seconds: float) -> int:
    return max(1, round(seconds * 1000))
