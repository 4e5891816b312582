"""HTTP out: one narrow port, so that timeouts, TLS, limits and failure classes are decided in one place.

``fast`` (libcurl) serves who waits for an answer, ``side_by_side`` (libcurl) carries the pushes of all endpoints on
one thread, ``plain`` (requests) serves what needs a ``requests`` session. All raise our errors only. A call is never repeated here: the journal is the only retry layer.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from bus.bodies import Body
from schemas.value import value


@dataclass(frozen=True, slots=True)
class Tls:
    """Trust and identity. Empty: the system's trust store and no client certificate. TLS 1.2 or better, always."""

    ca_file: Path | None = None
    cert_file: Path | None = None
    key_file: Path | None = None
    #: The partner's key must have one of these pins (:mod:`bus.certificate`); none: any key of a trusted certificate.
    pins: tuple[str, ...] = ()


@value
class Request:
    """One HTTP request. Header values must be ASCII."""

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: Body | bytes | None = None
    #: Seconds to connect (TLS included), and seconds without a byte moving either way.
    connect_timeout: float = 10.0
    idle_timeout: float = 60.0
    #: Seconds a call may take in all, for partners that keep a call alive byte by byte.
    total_timeout: float = 3600.0
    #: Largest answer that is read; beyond it the outcome is unknown, for the request went out.
    max_answer: int = 1 << 20
    tls: Tls = Tls()
    #: Takes the answer's body piece by piece, whatever its status; the response then has none. What it raises
    #: ends the call and comes out of it.
    into: Callable[[bytes], None] | None = field(default=None, repr=False, compare=False)
    #: Whether an address that was connected to may have the request; asked before its first byte, also where a
    #: connection is used again. None: every address may. ``plain`` cannot ask, and refuses such a request.
    may_reach: Callable[[str], bool] | None = field(default=None, repr=False, compare=False)


@value
class Response:
    """The answer. Header names are lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


#: What came of a call: its answer, or what a :class:`Transport` would raise.
Ended = Response | BaseException


class Transport(Protocol):
    """Makes one HTTP call. Safe to use from many threads."""

    def call(self, request: Request) -> Response:
        """The answer, whatever its status. Redirects are not followed.

        Raises :class:`~bus.errors.Unreachable` where the request did not get there (``connect``, ``tls``,
        ``timeout_before_send``) and :class:`~bus.errors.OutcomeUnknown` where it may have.
        """
        ...

    def close(self) -> None:
        """Let go of connections; may be called twice."""
        ...


class Exchange(Protocol):
    """Makes many calls side by side. Used by one thread at a time but for :meth:`wake`."""

    def begin(self, request: Request, then: Callable[[Ended], None]) -> None:
        """Begin a call; ``then`` hears of its end, within a later :meth:`step`, and must not raise. Raises what says
        that it cannot even begin.
        """
        ...

    def step(self, seconds: float) -> None:
        """Move what can be moved; wait for so long at the most."""
        ...

    def wake(self) -> None:
        """End the waiting of a :meth:`step`. From any thread."""
        ...

    def close(self) -> None:
        """Break off what is under way, and let go of connections. May be called twice."""
        ...
