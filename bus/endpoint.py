"""The ports to the outside: what an adapter implements.

An adapter folder offers an :class:`Adapter`; ``adapters/__init__.py`` lists the folders by kind.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Literal, Protocol, TypeVar, cast, runtime_checkable

from bus.clock import Clock
from bus.desk import Face, Received
from bus.endpoint_settings import DoorSettings, EndpointSettings
from bus.errors import Refused, Rejected, Unreachable
from bus.message import CopyOut, Delivery, Inbound, Receipt
from bus.papers import Papers
from bus.secret import Secrets
from bus.transport import Request, Response, Transport
from schemas.edxml.enclose import Enclosure
from schemas.edxml.models.messages import Message as Model
from schemas.value import value

T = TypeVar("T")


@value
class Delivered:
    """The partner has it: its id for it, if it gave one, and its words."""

    remote_id: str | None = None
    words: str = ""


class Answer(StrEnum):
    """A partner's answer to "do you have this copy?"."""

    DELIVERED = "delivered"
    NOT_THERE = "not_there"
    UNKNOWN = "unknown"
    #: It cannot be said now, and may be when asked again.
    LATER = "later"


Outcome = Delivered | Unreachable | Refused


class Sink(Protocol):
    """Carries deliveries to one partner endpoint. Called from many threads at once."""

    def send(self, delivery: Delivery) -> Mapping[str, Outcome]:
        """One call; an outcome per ``doc_id``. Raising Unreachable or Refused speaks for all copies."""
        ...

    def ask(self, delivery: Delivery, copy: CopyOut) -> Answer | Delivered:
        """Ask whether a copy arrived; only for ``idempotency: ask_first``. ``Delivered`` brings the partner's id,
        where the question recovered it. Raises Unreachable.
        """
        ...

    def close(self) -> None:
        """Let go of connections; may be called twice."""
        ...


@runtime_checkable
class Pusher(Sink, Protocol):
    """A sink each of whose calls is one HTTP request for one copy: the bus makes them itself, those of all endpoints
    side by side.
    """

    def push(self, delivery: Delivery) -> Request:
        """What to send. Raises Unreachable."""
        ...

    def pushed(self, response: Response) -> Delivered:
        """What the answer to a push means. Raises Unreachable, Refused."""
        ...

    def question(self, copy: CopyOut) -> Request:
        """What to ask about a copy. Raises Unreachable."""
        ...

    def told(self, response: Response) -> Answer | Delivered:
        """What the answer to a question means. Raises Unreachable."""
        ...


class Item(Protocol):
    """One thing a source found, and how to tell the partner what became of it."""

    #: What it is as the partner lists it (``edoc``, ``status``, a packet of reports), and the partner's id of it.
    type: str
    remote_id: str

    def inbound(self) -> Inbound:
        """Fetch and read it. Raises Rejected when it cannot be read, Unreachable when it cannot be had."""
        ...

    def settle(self, result: Receipt | Rejected) -> None:
        """Called after the commit, never before. Raises Unreachable; then it comes again at the next poll."""
        ...


class Source(Protocol):
    """Looks at a partner for what is there to fetch."""

    def poll(self) -> Iterable[Item]:
        """What is there now, oldest first. Raises Unreachable."""
        ...


@dataclass(frozen=True, slots=True)
class ListedAgency:
    """One agency as a partner's list has it. Empty text: the list does not say."""

    #: The code that counts there, and its former spelling.
    code: str
    old_code: str = ""
    name: str = ""
    parent: str = ""
    mail: str = ""
    closed: bool = False


class DirectorySource(Protocol):
    """A partner's own list of agencies."""

    def version(self) -> str:
        """What the partner calls the list as it is now; '' where it does not say. Raises Unreachable, Refused."""
        ...

    def agencies(self) -> Iterable[ListedAgency]:
        """The whole list; rows that cannot be read are left out. Raises Unreachable, Refused."""
        ...


class BodyIn(Protocol):
    """One body being fetched with bounded memory: spooled, hashed and read as it comes."""

    def write(self, data: bytes) -> None:
        """Take the next bytes. Raises ``Rejected('body.too_large')`` and nothing else: what cannot be read is
        still spooled to its end, for the quarantine.
        """
        ...

    def finish(self) -> Received:
        """That was all. Raises Rejected where it cannot be read; ``details['claim']`` then has the bytes."""
        ...

    def discard(self) -> None:
        """Forget what was written, unless it was finished."""
        ...


class Fetch(Protocol):
    """Begins to fetch a body."""

    def __call__(self, limit: int, format: str = "edxml") -> BodyIn:  # noqa: A002 - the word of ``schemas.reader``
        """One of at most so many bytes, that is read as one of that format."""
        ...


@dataclass(frozen=True, slots=True)
class Means:
    """What a call to a partner takes."""

    clock: Clock
    secrets: Secrets
    #: For the few big or many small pushes; bodies stream from disk.
    fast: Transport
    #: For what needs a ``requests`` session (odd dialects).
    plain: Transport
    #: The bus's own folder; an adapter keeps files of its own below one that is named for its kind.
    folder: Path = field(kw_only=True)


class Kept:
    """What adapters keep for an endpoint between its sink, its source and their successors: a token is had once for all."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._things: dict[tuple[str, ...], tuple[str, object]] = {}

    def get(self, key: tuple[str, ...], version: str, make: Callable[[], T]) -> T:
        """What is kept under a key for this version, in place of what was there for another; made where there is nothing.

        A key must always be given the same kind of thing.
        """
        with self._lock:
            known, thing = self._things.get(key, ("", None))
            if thing is None or known != version:
                thing = make()
                self._things[key] = version, thing
            return cast("T", thing)


@dataclass(frozen=True, slots=True)
class Tools(Means):
    """What the daemon hands an adapter to work with."""

    fetch: Fetch
    #: Our copies at this endpoint that keep this remote id.
    claims: Callable[[str, str], Sequence[CopyOut]]
    #: A message on its way out as fields and files. Raises Unreachable where its body cannot be read, Refused where it
    #: cannot be taken apart. Goes through the body once: slow where that is large.
    papers: Callable[[Delivery], Papers]
    #: A message made of fields and files, by the standard, kept as if it had come in: the same makes the same bytes.
    #: Raises Rejected, and whatever reading a file raises.
    compose: Callable[[Model, Sequence[Enclosure]], Received]
    #: The fast transport for whatever is no delivery: each call waits for the endpoint's share of its rate.
    paced: Callable[[str], Transport]
    #: Units whose report of this id and version went to this endpoint.
    units: Callable[[str, str, int], Sequence[str]] = lambda _endpoint, _report, _version: ()
    kept: Kept = field(default_factory=Kept)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing a probe saw. ``code`` is for programs, ``words`` for people; ``write``: what to put into the routes."""

    code: str
    words: str
    error: bool = False
    write: str = ""


@dataclass(frozen=True, slots=True)
class Trial:
    """A call by which a partner finds out whether a door knows it: of what it asks nothing changes. Answered with 200, it does."""

    method: str
    #: Below the door's own path.
    path: str
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(default=b"", repr=False)


FanOut = Literal["each", "one_call"]


@dataclass(frozen=True, slots=True)
class Adapter:
    """What one adapter folder offers. Absent parts are None."""

    kind: str
    settings: type[EndpointSettings] | None = None
    sink: Callable[[str, EndpointSettings, Tools], Sink] | None = None
    #: ``one_call``: recipients of one message at this endpoint share a call.
    fan_out: FanOut = "each"
    source: Callable[[str, EndpointSettings, Tools], Source] | None = None
    #: A partner's list of agencies; endpoints that have one have DirectorySettings.
    directory: Callable[[str, EndpointSettings, Tools], DirectorySource] | None = None
    #: Looks at a partner for an operator who tries the routes. Only reads there, and raises nothing.
    probe: Callable[[str, EndpointSettings, Means], Iterable[Finding]] | None = None
    #: A door partners call, and what a partner's entry under ``doors:`` must hold for it.
    face: Callable[[], Face] | None = None
    door: type[DoorSettings] | None = None
    #: How a partner with this entry, this secret and this instant (journal microseconds) would try the door; None
    #: where only the partner could.
    trial: Callable[[DoorSettings, bytes, int], Trial | None] | None = None
