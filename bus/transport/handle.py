"""One call on a handle of libcurl: what is set on it before, and what its end means.

Two things here are not obvious and are held by tests:

* A body goes out by a read function without a seek function. libcurl silently repeats a request whose
  kept connection died under it, also when the server had read it whole; a body that cannot be
  rewound makes that fail (error 65) instead, which is an unknown outcome and nothing worse.
* ``REQUEST_SIZE`` is zero exactly as long as no byte of a request has left. That alone decides between
  "nothing was done there" and "it may have been carried out".
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

import pycurl

from bus.errors import FailureClass, OutcomeUnknown, Unreachable
from bus.transport import Request, Response, Tls
from bus.transport.pool import KEEP
from bus.transport.wire import MAX_HEAD, folded, headers, opened, origin, trusted

#: Bytes read from a body at a time.
_PIECE = 512 << 10

_COUNTED = (pycurl.SIZE_UPLOAD_T, pycurl.SIZE_DOWNLOAD_T, pycurl.HEADER_SIZE)
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
        pycurl.E_SSL_PINNEDPUBKEYNOTMATCH,
        pycurl.E_PEER_FAILED_VERIFICATION,
    }
)


#: What calls on one handle have in common.
Shape = tuple[object, ...]


def shape_of(request: Request) -> Shape:
    """What a handle is prepared for. Raises Unreachable for a URL that is none of http or https."""
    asks = request.may_reach is not None
    return (*origin(request), request.method, request.connect_timeout, bool(_size(request)), asks)


class Handle:
    """A handle of libcurl, prepared for calls of one shape, and the call it carries. Kept for the next when that ended."""

    def __init__(self, request: Request) -> None:
        """Raises Unreachable where a file of its trust or identity cannot be read."""
        self._answer = _Answer()
        self.curl = pycurl.Curl()
        _prepare(self.curl, request)
        _prepare_body(self.curl, request.method, _size(request))
        self.curl.setopt(pycurl.READFUNCTION, self._read)
        self.curl.setopt(pycurl.HEADERFUNCTION, self._answer.on_header)
        self.curl.setopt(pycurl.WRITEFUNCTION, self._answer.on_body)
        if request.may_reach:
            self.curl.setopt(pycurl.PREREQFUNCTION, self._before)

    def load(self, request: Request) -> None:
        """Be ready to make this call. Raises ValueError or FileNotFoundError where it cannot be made."""
        lines = _header_lines(request)
        self._reader, size = opened(request.body)
        self._answer.expect(request.max_answer, request.into)
        self._may_reach, self._out_of_reach = request.may_reach, ""
        self.curl.setopt(pycurl.URL, request.url)
        self.curl.setopt(pycurl.HTTPHEADER, lines)
        if size:
            self.curl.setopt(pycurl.POSTFIELDSIZE_LARGE, size)

    def moved(self) -> int:
        """Grows with every byte that goes either way; zero as long as none of the request may be with the partner."""
        left: int = self.curl.getinfo(pycurl.REQUEST_SIZE)
        return left and left + sum(map(self.curl.getinfo, _COUNTED))

    def ended(self, failed: tuple[int, str] | None) -> Response | BaseException:
        """What came of it, by libcurl's code and words where it failed. What the taker of the answer raised comes
        before what libcurl made of that.
        """
        if failed is None:
            return self._answer.response(self.curl.getinfo(pycurl.RESPONSE_CODE))
        return self._answer.fault or self._failure(*failed)

    def unload(self) -> None:
        """Let go of the call's body and answer."""
        self._reader.close()
        self._answer.expect(0)

    def close(self) -> None:
        self.curl.close()

    def _before(self, address: str, *_: object) -> int:
        """Called when a connection is there, new or kept, and nothing was sent on it yet."""
        if self._may_reach is None or self._may_reach(address):
            return int(pycurl.PREREQFUNC_OK)
        self._out_of_reach = address
        return int(pycurl.PREREQFUNC_ABORT)

    def _read(self, size: int) -> bytes:
        return self._reader.read(size)

    def _failure(self, code: int, words: str) -> Unreachable:
        if self._out_of_reach:
            return Unreachable(FailureClass.CONNECT, f"the address {self._out_of_reach} may not be called from here")
        if self._answer.too_large:
            return OutcomeUnknown("the answer was too large to be read")
        if self.moved():
            return OutcomeUnknown(words)
        if code == pycurl.E_OPERATION_TIMEDOUT:
            return Unreachable(FailureClass.TIMEOUT_BEFORE_SEND, words)
        return Unreachable(FailureClass.TLS if code in _TLS_ERRORS else FailureClass.CONNECT, words)


class _Answer:
    """Collects an answer and stops libcurl where it grows too large."""

    def __init__(self) -> None:
        self.expect(0)

    def expect(self, limit: int, into: Callable[[bytes], None] | None = None) -> None:
        """Forget the answer before; the next has at most so many bytes, which ``into`` takes."""
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


def _header_lines(request: Request) -> list[str]:
    # A lone name takes a header out that libcurl would add by itself; a semicolon sends an empty one.
    lines = [f"{name}: {value}" if value.strip() else f"{name};" for name, value in headers(request).items()]
    return lines + _silenced(tuple(request.headers))


@lru_cache(256)
def _silenced(names: tuple[str, ...]) -> list[str]:
    return [f"{name}:" for name in sorted({"expect", "content-type"} - {name.lower() for name in names})]


def _size(request: Request) -> int:
    body = request.body
    return len(body or b"") if body is None or isinstance(body, bytes) else body.size


def _prepare(curl: pycurl.Curl, request: Request) -> None:
    curl.setopt(pycurl.PATH_AS_IS, 1)
    curl.setopt(pycurl.PROTOCOLS, pycurl.PROTO_HTTP | pycurl.PROTO_HTTPS)
    # HTTP/2 has its own rules of when a request may be repeated by the library.
    curl.setopt(pycurl.HTTP_VERSION, pycurl.CURL_HTTP_VERSION_1_1)
    curl.setopt(pycurl.FOLLOWLOCATION, 0)
    curl.setopt(pycurl.PROXY, "")
    curl.setopt(pycurl.NOSIGNAL, 1)
    curl.setopt(pycurl.MAXAGE_CONN, int(KEEP))
    curl.setopt(pycurl.CONNECTTIMEOUT_MS, _millis(request.connect_timeout))
    if request.url.startswith("https"):
        _secure(curl, request.tls)


def _secure(curl: pycurl.Curl, tls: Tls) -> None:
    curl.setopt(pycurl.SSL_VERIFYPEER, 1)
    curl.setopt(pycurl.SSL_VERIFYHOST, 2)
    curl.setopt(pycurl.SSLVERSION, pycurl.SSLVERSION_TLSv1_2)
    if tls.pins:
        curl.setopt(pycurl.PINNEDPUBLICKEY, ";".join(tls.pins))
    # The bytes of files, not their names: by these libcurl tells connections, sessions and kept trust apart.
    if tls.ca_file and not tls.ca_file.is_dir():
        curl.setopt(pycurl.CAINFO_BLOB, _bytes(tls.ca_file))
    elif authorities := trusted(tls):
        curl.setopt(pycurl.CAPATH if authorities.is_dir() else pycurl.CAINFO, str(authorities))
    if tls.cert_file:
        curl.setopt(pycurl.SSLCERT_BLOB, _bytes(tls.cert_file))
        curl.setopt(pycurl.SSLKEY_BLOB, _bytes(tls.key_file or tls.cert_file))


def _bytes(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise Unreachable(FailureClass.TLS, f"{file}: {error.strerror}") from error


def _prepare_body(curl: pycurl.Curl, method: str, size: int) -> None:
    if method == "HEAD":
        curl.setopt(pycurl.NOBODY, 1)
        return
    if method != "POST":
        curl.setopt(pycurl.CUSTOMREQUEST, method)
    if size or method not in _SAFE:
        curl.setopt(pycurl.POST, 1)
        curl.setopt(pycurl.POSTFIELDSIZE_LARGE, size)
        curl.setopt(pycurl.UPLOAD_BUFFERSIZE, _PIECE)
    if not size and method not in _SAFE:
        # Nothing to rewind would let libcurl repeat it on a new connection; so it starts on a new one.
        curl.setopt(pycurl.FRESH_CONNECT, 1)


def _millis(seconds: float) -> int:
    return max(1, round(seconds * 1000))
