"""The certificate that the caller of the request under way has shown: the listener says it, the desk asks for it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from bus.certificate import ends, pin


@dataclass(frozen=True, slots=True)
class Peer:
    """A certificate whose holder has its key: the pin of that, and when it ends (microseconds since 1970)."""

    pin: str
    ends: int


_SHOWN: ContextVar[Peer | None] = ContextVar("shown", default=None)


def peer_of(der: bytes | None) -> Peer | None:
    """Who shows this certificate; nobody where it is none."""
    try:
        return Peer(pin(der), ends(der)) if der else None
    except (ValueError, IndexError):
        return None


@contextmanager
def showing(peer: Peer) -> Iterator[None]:
    """What is asked within this block is asked by them."""
    token = _SHOWN.set(peer)
    try:
        yield
    finally:
        _SHOWN.reset(token)


def shown() -> Peer | None:
    """Who asks; None where no certificate was shown."""
    return _SHOWN.get()
