"""What a face is, and what the bus hands it: partners call faces, faces lean on the desk.

A face is thin: it speaks one protocol, and asks the desk for everything that is the bus's business:
who is calling, taking a body in, accepting it, the mailbox, what became of it, the agencies.
Faces run in the listener's event loop; whatever returns a ``concurrent.futures.Future`` is awaited
through :meth:`Desk.settled`.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

from starlette.types import ASGIApp

from bus.clock import Clock
from bus.errors import Rejected
from bus.message import Claim, Inbound, Receipt, Step
from bus.parcels import Files, Uploads
from bus.reports import CalendarLinks, Reports
from bus.sent import Life, Outbox, SentCopy, Sought
from schemas.content import Content

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Caller:
    """A partner as one door knows it."""

    partner: str
    #: The codes it may act for, each in every spelling: older copies bear an older one.
    agencies: frozenset[str]
    #: Current and former secrets of this door entry.
    secrets: tuple[bytes, ...] = field(repr=False)
    #: The face's own settings of this partner (its ``DoorSettings`` model).
    settings: object | None = None
    #: Told which of the secrets opened the door, so that operators see which is still in use.
    opened: Callable[[bytes], object] = field(default=lambda _secret: None, repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Received:
    """A body that was taken in: spooled, hashed and read, but not accepted yet."""

    claim: Claim
    content: Content


@dataclass(frozen=True, slots=True)
class MailboxItem:
    """One copy that waits for its recipient to fetch it. Times are journal microseconds."""

    doc_id: str
    message_id: str
    type: str
    sender: str
    recipient: str
    document_id: str
    subject: str
    #: Transport state: ``initial`` or ``processing``.
    state: str
    accepted_at: int
    updated_at: int
    size: int


@dataclass(frozen=True, slots=True)
class Agency:
    """One agency of the directory. Empty text: not known."""

    code: str
    name: str = ""
    old_code: str = ""
    parent: str = ""
    mail: str = ""
    closed: bool = False
    successor: str = ""


class Mailbox(Protocol):
    """Copies that wait for partners who fetch. A caller sees its own agencies' copies and no others;
    for the rest it gets what an unknown id gets (``Rejected('not_found')``).
    """

    def list(
        self, caller: Caller, type_: str, start: int | None = None, end: int | None = None, limit: int = 1000
    ) -> Sequence[MailboxItem]:
        """Every copy not yet acked, oldest first, accepted within [start, end] microseconds."""
        ...

    def count(self, caller: Caller, type_: str) -> int:
        """How many copies wait."""
        ...

    def get(self, caller: Caller, doc_id: str) -> Future[Claim]:
        """The bytes, once the first fetch is on disk. Repeatable; removes nothing."""
        ...

    def about(self, caller: Caller, doc_id: str) -> SentCopy:
        """What one copy is, acked or not. May wait for the disk."""
        ...

    def processing(self, caller: Caller, doc_id: str) -> Future[None]:
        """The partner says it has begun."""
        ...

    def ack(self, caller: Caller, doc_id: str, done: bool, reason: str = "") -> Future[None]:
        """Settle ``delivered`` (done) or ``dead`` (fail, with the partner's words). Idempotent; a fail
        after done, or the reverse, is ``Rejected('ack.settled')``.
        """
        ...


class Desk(Protocol):
    """Everything a face may ask of the bus."""

    clock: Clock
    mailbox: Mailbox
    uploads: Uploads
    files: Files
    reports: Reports
    calendars: CalendarLinks
    #: Default bound of a body in bytes.
    max_bytes: int
    #: Where partners reach the bus; empty: nobody said.
    public_url: str

    def caller(self, door: str, ident: str) -> Caller | None:
        """The partner with this system id at this door."""
        ...

    def owner(self, door: str, key: bytes) -> Caller | None:
        """The partner with this key at this door, for doors where the key itself is the identity."""
        ...

    def certified(self, door: str) -> Caller | None:
        """The partner whom the certificate that was shown is enough for: its entry at this door names it, and no secret."""
        ...

    def once(self, what: str, until: int) -> Future[bool]:
        """Whether this is shown for the first time, at whatever process of the bus; it is remembered until then
        (journal microseconds).
        """
        ...

    def throttled(self, address: str) -> bool:
        """Whether failed sign-ins from this address are refused without a look."""
        ...

    def canonical(self, code: str) -> str:
        """The canonical spelling of an agency code (the code itself where it is unknown)."""
        ...

    async def receive(
        self,
        chunks: AsyncIterator[bytes],
        *,
        limit: int | None = None,
        announced: int | None = None,
        strip_crlf: bool = False,
        format: str = "edxml",  # noqa: A002 - the word of ``schemas.reader``
    ) -> Received:
        """Take a body in with bounded memory: hash, spool, read. ``strip_crlf`` takes exactly one CRLF
        off its end; ``format`` is one of ``schemas.reader``. Raises Rejected (``body.*``, ``xml.*``, ``edxml.*``,
        ``report.shape``).
        """
        ...

    async def take(self, body: bytes) -> Received:
        """As :meth:`receive`, a small body that is there as a whole."""
        ...

    def discard(self, received: Received) -> None:
        """Forget a body that will not be accepted, or was refused. Nothing of it stays."""
        ...

    def accept(self, inbound: Inbound) -> Future[Receipt]:
        """Check, route and commit. The future raises Rejected, or gives the receipt after the fsync."""
        ...

    def refused(
        self, door: str, rejection: Rejected, *, partner: str = "", address: str = "", digest: str = "", size: int = 0
    ) -> None:
        """Count a refusal and record it as semantics 13 allows. Never waits for the disk."""
        ...

    async def settled(self, future: Future[T]) -> T:
        """Await a future of the committer without a wake-up of the loop for each."""
        ...

    def sent(
        self, caller: Caller, type_: str | None = None, message_id: str | None = None, limit: int = 1000
    ) -> Sequence[SentCopy]:
        """Copies of what this partner sent, newest first; a row per copy."""
        ...

    def trace(self, caller: Caller, message_id: str) -> Sequence[Step]:
        """All that happened to what this partner sent, in order; nothing where it sent no such message."""
        ...

    def outbox(self, caller: Caller, sought: Sought) -> Outbox:
        """A page of what this partner sent. May wait for the disk. Raises ``Rejected('request.invalid')``."""
        ...

    def lives(self, copies: Sequence[SentCopy]) -> Mapping[str, Life]:
        """By docId how the documents among these copies fare at their recipients."""
        ...

    def agencies(self) -> Iterable[Agency]:
        """The directory: our own agencies first, then those of partners' lists. Read as it is gone through, which may
        wait for the disk: not in the loop.
        """
        ...

    def agencies_version(self) -> int:
        """A number that grows when the directory changes: seconds since 1970. May wait for the disk."""
        ...


class Face(Protocol):
    """A door partners call."""

    #: The door's name in routes.yaml, in call keys and in metrics.
    name: str
    #: Where it is mounted, e.g. ``/vxp``.
    path: str

    def mount(self, desk: Desk) -> ASGIApp:
        """The application that answers below ``path``."""
        ...

    def refusal(self, rejection: Rejected, path: str) -> tuple[int, Mapping[str, str], bytes]:
        """A refusal of a call to ``path`` in this protocol's own envelope: status, headers, body. For what fails
        before the face is called.
        """
        ...
