"""What a sandbox and its connections say to each other: a request as it comes, and what to do with it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Head:
    """A request whose headers are read. Their names are lower case; the path is without query."""

    method: str
    path: str
    headers: Mapping[bytes, bytes] = field(repr=False)
    #: What stands behind the question mark, as it came.
    query: str = ""


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer; a body that is no bytes is written as JSON."""

    status: int
    body: bytes | Mapping[str, object]
    headers: Mapping[str, str] = field(default_factory=dict)
    content_type: str = "application/json"


@dataclass(frozen=True, slots=True)
class Play:
    """What to do with a call: answer, now or after so many seconds; hold the answer back; or (no reply) hang up."""

    reply: Reply | None
    delay: float = 0.0
    held: bool = False


class Visit(Protocol):
    """One request, from its headers to its answer."""

    def take(self, data: bytes) -> None:
        """The next piece of its body."""
        ...

    def play(self) -> Play:
        """It was read whole: what to do."""
        ...

    def hold(self, release: Callable[[], None]) -> None:
        """Keep its answer back; ``release`` sends it."""
        ...


class House(Protocol):
    """A sandbox as its connections see it."""

    @property
    def connections(self) -> set[asyncio.Transport]:
        """Those that are open."""
        ...

    def visit(self, head: Head) -> Visit | None:
        """Meet a request; None hangs up before its body is read."""
        ...
