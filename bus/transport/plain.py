"""HTTP out by requests, for what needs its sessions and dialects. The only module that knows requests.

Slower than ``fast`` and the same to its callers, with two allowances: a partner that stops reading a
body is given up after ``connect_timeout`` a piece (the library has one timeout for connecting and
sending), and a request without a body that fails in an unclear way counts as sent.
"""

from __future__ import annotations

import ssl
import time
from collections.abc import Callable, Iterator
from functools import partial
from http.cookiejar import DefaultCookiePolicy
from typing import Any, BinaryIO

import requests
import urllib3
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPSConnection

from bus.certificate import fits
from bus.errors import FailureClass, OutcomeUnknown, Unreachable
from bus.transport import Request, Response, Tls
from bus.transport.pool import Pool
from bus.transport.wire import MAX_HEAD, folded, headers, opened, origin, trusted

_PIECE = 64 << 10


class PlainTransport:
    """The :class:`~bus.transport.Transport` for odd partners."""

    def __init__(self, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._pool: Pool[requests.Session] = Pool(_session, requests.Session.close, monotonic)

    def call(self, request: Request) -> Response:
        if request.may_reach:
            raise ValueError("this transport cannot tell which address it reaches")
        key, fields = origin(request), headers(request)
        reader, size = opened(request.body)
        body = _Body(reader, size)
        with reader, self._pool.lent(key) as session:
            try:
                return _exchange(session, request, fields, body)
            except (OSError, urllib3.exceptions.HTTPError) as error:
                raise _failure(error, body) from error

    def close(self) -> None:
        self._pool.close()


class _Body:
    """A body that is read once and remembers whether it was begun: from then on bytes may have left."""

    def __init__(self, reader: BinaryIO, size: int) -> None:
        self._reader = reader
        self.len = size
        self.begun = False

    def read(self, size: int = -1) -> bytes:
        self.begun = True
        return self._reader.read(size)

    def __iter__(self) -> Iterator[bytes]:
        # requests takes for a stream only what can be iterated; urllib3 then reads it.
        while piece := self.read(_PIECE):
            yield piece


class _Pinned(HTTPSConnection):
    """A connection that is none where the other side's key has none of these pins."""

    def __init__(self, pins: tuple[str, ...], **given: Any) -> None:
        super().__init__(**given)
        self._pins = pins

    def connect(self) -> None:
        super().connect()
        shown = self.sock.getpeercert(binary_form=True) if isinstance(self.sock, ssl.SSLSocket) else None
        if not fits(shown or b"", self._pins):
            self.close()
            raise ssl.SSLError("the partner's key has none of the pins")


class _Pins(HTTPAdapter):
    """Connects to whose key has one of these pins only; without any, to whoever is trusted."""

    pins: tuple[str, ...] = ()

    def get_connection_with_tls_context(self, *given: Any, **named: Any) -> Any:
        pool: Any = super().get_connection_with_tls_context(*given, **named)
        if self.pins:
            pool.ConnectionCls = partial(_Pinned, self.pins)
        return pool


def _session() -> requests.Session:
    session = requests.Session()
    session.trust_env = False
    session.headers.clear()
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    for scheme in ("http://", "https://"):
        never = urllib3.Retry(0, read=False)
        session.mount(scheme, _Pins(pool_connections=1, pool_maxsize=1, max_retries=never))
    return session


def _exchange(session: requests.Session, request: Request, fields: dict[str, str], body: _Body) -> Response:
    _adapter(session, request).pins = request.tls.pins
    answer = session.request(
        request.method,
        request.url,
        headers=fields,
        data=body if body.len else b"",
        timeout=(request.connect_timeout, request.idle_timeout),
        allow_redirects=False,
        stream=True,
        verify=_verify(request.tls),
        cert=_identity(request.tls),
    )
    with answer:
        pairs = list(answer.raw.headers.iteritems())
        if sum(len(name) + len(value) + 4 for name, value in pairs) > MAX_HEAD:
            raise OutcomeUnknown("the answer was too large to be read")
        return Response(answer.status_code, folded(pairs), _bounded(answer, request))


def _adapter(session: requests.Session, request: Request) -> _Pins:
    adapter = session.get_adapter(request.url)
    assert isinstance(adapter, _Pins)
    return adapter


def _bounded(answer: requests.Response, request: Request) -> bytes:
    taken, size, end = bytearray(), 0, time.monotonic() + request.total_timeout
    take = request.into or taken.extend
    for piece in answer.raw.stream(_PIECE, decode_content=False):
        size += len(piece)
        if size > request.max_answer:
            raise OutcomeUnknown("the answer was too large to be read")
        take(piece)
        if time.monotonic() > end:
            raise OutcomeUnknown("the answer took too long")
    return bytes(taken)


def _verify(tls: Tls) -> str | bool:
    authorities = trusted(tls)
    return str(authorities) if authorities else True


def _identity(tls: Tls) -> str | tuple[str, str] | None:
    if not tls.cert_file:
        return None
    return (str(tls.cert_file), str(tls.key_file)) if tls.key_file else str(tls.cert_file)


def _failure(error: Exception, body: _Body) -> Unreachable:
    words = _words(error)
    if body.begun or not (body.len or _before_send(error)):
        return OutcomeUnknown(words)
    if isinstance(error, requests.exceptions.SSLError) or not isinstance(error, requests.RequestException):
        return Unreachable(FailureClass.TLS, words)  # what is not the library's own is an unreadable certificate
    if isinstance(error, requests.Timeout):
        return Unreachable(FailureClass.TIMEOUT_BEFORE_SEND, words)
    return Unreachable(FailureClass.CONNECT, words)


def _before_send(error: Exception) -> bool:
    """Whether this error can only come before the first byte; where no body is there to tell."""
    if isinstance(error, urllib3.exceptions.HTTPError):
        return False
    certain = (requests.ConnectTimeout, requests.exceptions.SSLError, requests.exceptions.InvalidURL)
    known = not isinstance(error, requests.RequestException) or isinstance(error, certain)
    return known or isinstance(_reason(error), urllib3.exceptions.NewConnectionError)


def _reason(error: Exception) -> object:
    inner = error.args[0] if error.args else error
    return getattr(inner, "reason", None) or inner


def _words(error: Exception) -> str:
    """What happened, without the library's talk of retries that never take place."""
    return str(_reason(error))
