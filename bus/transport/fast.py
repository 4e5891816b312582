"""HTTP out by libcurl, for pushing documents: streams from disk, keeps connections, many threads at once.

The only module that knows pycurl. Two things here are not obvious and are held by tests:

* A body goes out by a read function without a seek function. libcurl silently repeats a request whose
  kept connection died under it, also when the server had read it whole; a body that cannot be
  rewound makes that fail (error 65) instead, which is an unknown outcome and nothing worse.
* ``REQUEST_SIZE`` is zero exactly as long as no byte of a request has left. That alone decides between
  "nothing was done there" and "it may have been carried out".
"""

from __future__ import annotations

import math
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
        self._pool: Pool[pycurl.Curl] = Pool(pycurl.Curl, pycurl.Curl.close, monotonic)

    def call(self, request: Request) -> Response:
        key, lines = origin(request), _header_lines(request)
        reader, size = opened(request.body)
        with reader, self._pool.lent(key) as curl:
            try:
                _prepare(curl, request, lines)
                _load(curl, request.method, reader, size)
                return _perform(curl, request)
            finally:
                curl.reset()

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


class _IdleWatch:
    """Ends a transfer in which no byte of a body moved for so many seconds, or that takes too long in all.

    libcurl asks about once a second while nothing moves. Its own watch (``LOW_SPEED_TIME``) costs less,
    about a tenth of all calls a process can make, but averages over five seconds and fires that much late.
    """

    def __init__(self, seconds: float, in_all: float) -> None:
        self._seconds = seconds
        self._end = time.monotonic() + in_all
        self._moved = 0.0
        self._since = math.inf

    def start(self, *_addresses: object) -> int:
        self._since = time.monotonic()
        return int(pycurl.PREREQFUNC_OK)

    def __call__(self, _to_read: float, read: float, _to_write: float, written: float) -> bool:
        if read + written != self._moved:
            self._moved = read + written
            self._since = time.monotonic()
        now = time.monotonic()
        return now - self._since > self._seconds or now > self._end


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


def _perform(curl: pycurl.Curl, request: Request) -> Response:
    answer = _Answer(request.max_answer, request.into)
    curl.setopt(pycurl.HEADERFUNCTION, answer.on_header)
    curl.setopt(pycurl.WRITEFUNCTION, answer.on_body)
    watch = _IdleWatch(request.idle_timeout, request.total_timeout)
    curl.setopt(pycurl.PREREQFUNCTION, watch.start)
    curl.setopt(pycurl.XFERINFOFUNCTION, watch)
    curl.setopt(pycurl.NOPROGRESS, 0)
    try:
        curl.perform()
    except pycurl.error as error:
        if answer.fault:
            raise answer.fault from None
        raise _failure(curl, answer, *error.args) from error
    return answer.response(curl.getinfo(pycurl.RESPONSE_CODE))


def _failure(curl: pycurl.Curl, answer: _Answer, code: int, words: str) -> Unreachable:
    if answer.too_large:
        return OutcomeUnknown("the answer was too large to be read")
    if curl.getinfo(pycurl.REQUEST_SIZE):
        idle = code == pycurl.E_ABORTED_BY_CALLBACK
        return OutcomeUnknown("the call took too long" if idle else words)
    if code == pycurl.E_OPERATION_TIMEDOUT:
        return Unreachable(FailureClass.TIMEOUT_BEFORE_SEND, words)
    return Unreachable(FailureClass.TLS if code in _TLS_ERRORS else FailureClass.CONNECT, words)


def _millis(seconds: float) -> int:
    return max(1, round(seconds * 1000))
