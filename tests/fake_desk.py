"""A bus in memory, good enough to speak a protocol against: one process, no disk, no routes but mailboxes."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import schemas
from bus.callers import Callers
from bus.clock import HandClock
from bus.desk import Agency, Caller, MailboxItem, Received
from bus.errors import Rejected
from bus.message import Claim, CopyReceipt, Inbound, Receipt, Step, new_id
from bus.parcels import Files, Uploads
from bus.reports import CalendarLinks, Reports
from bus.sent import Life, Outbox, SentCopy, Sought
from schemas.content import Content, Invalid
from tests.contracts.face import NOI_VU, TAI_CHINH, Partner

T = TypeVar("T")

#: Other spellings of the agencies' codes.
ALIASES = {"H62.05": "000.00.05.H62", "H62.07": "000.00.07.H62"}


@dataclass
class Copy:
    """One recipient of one message."""

    doc_id: str
    message_id: str
    recipient: str
    partner: str
    content: Content
    claim: Claim
    at: int
    state: str = "offered"
    shown: str = "initial"
    reason: str = ""

    def item(self) -> MailboxItem:
        return MailboxItem(
            self.doc_id, self.message_id, *self._envelope(), self.shown, self.at, self.at, self.claim.size
        )

    def sent(self) -> SentCopy:
        notation = str(self.content.view.get("number", ""))
        return SentCopy(
            self.message_id, self.doc_id, *self._envelope(), notation, self.state, self.reason, self.at, self.at
        )

    def _envelope(self) -> tuple[str, str, str, str, str]:
        said = self.content
        return said.type, said.sender, self.recipient, said.document_id, said.subject


@dataclass(frozen=True)
class Refusal:
    """One call of :meth:`FakeDesk.refused`."""

    door: str
    code: str
    partner: str
    address: str
    digest: str
    size: int


@dataclass
class FakeMailbox:
    """Copies by docId, in order of acceptance."""

    copies: dict[str, Copy] = field(default_factory=dict)
    #: Raised by the next fetch.
    fault: Exception | None = None

    def list(
        self, caller: Caller, type_: str, start: int | None = None, end: int | None = None, limit: int = 1000
    ) -> Sequence[MailboxItem]:
        return [copy.item() for copy in self._open(caller, type_) if _within(copy.at, start, end)][:limit]

    def count(self, caller: Caller, type_: str) -> int:
        return len(list(self._open(caller, type_)))

    def get(self, caller: Caller, doc_id: str) -> Future[Claim]:
        if self.fault:
            raise self.fault
        return _done(self._own(caller, doc_id).claim)

    def about(self, caller: Caller, doc_id: str) -> SentCopy:
        return self._own(caller, doc_id).sent()

    def processing(self, caller: Caller, doc_id: str) -> Future[None]:
        self._own(caller, doc_id).shown = "processing"
        return _done(None)

    def ack(self, caller: Caller, doc_id: str, done: bool, reason: str = "") -> Future[None]:
        copy, to = self._own(caller, doc_id), "delivered" if done else "dead"
        if copy.state not in ("offered", to):
            return _failed(Rejected("ack.settled"))
        copy.state, copy.reason = to, reason
        return _done(None)

    def _open(self, caller: Caller, type_: str) -> Iterable[Copy]:
        mine = (copy for copy in self.copies.values() if copy.recipient in caller.agencies)
        return (copy for copy in mine if copy.content.type == type_ and copy.state == "offered")

    def _own(self, caller: Caller, doc_id: str) -> Copy:
        copy = self.copies.get(doc_id)
        if copy is None or copy.recipient not in caller.agencies:
            raise Rejected("not_found", doc_id)
        return copy


@dataclass
class FakeDesk:
    """Everything a face may ask, answered from dictionaries."""

    partners: tuple[Partner, ...] = (NOI_VU, TAI_CHINH)
    clock: HandClock = field(default_factory=HandClock)
    mailbox: FakeMailbox = field(default_factory=FakeMailbox)
    max_bytes: int = 4 << 20
    public_url: str = ""
    #: The partner whose certificate is shown, and is enough for it.
    shown: str = ""
    #: What was shown that may be shown once.
    marks: dict[str, int] = field(default_factory=dict)
    #: Bodies above 64 KB go to files below it, where it is given.
    folder: Path | None = None
    #: None: a test that asks for one brings a bus.
    uploads: Uploads | None = None
    files: Files | None = None
    reports: Reports | None = None
    calendars: CalendarLinks | None = None
    directory: Sequence[Agency] = ()
    version: int = 0
    refusals: list[Refusal] = field(default_factory=list)
    discarded: list[Received] = field(default_factory=list)
    inbounds: list[Inbound] = field(default_factory=list)
    slow_addresses: set[str] = field(default_factory=set)
    #: What lists were asked for.
    sought: list[Sought] = field(default_factory=list)
    #: What the next acceptance fails with.
    fault: Exception | None = None
    former_secrets: dict[str, bytes] = field(default_factory=dict)
    #: How documents fare, by docId.
    told: dict[str, Life] = field(default_factory=dict)
    _calls: dict[str, tuple[str, str]] = field(default_factory=dict)
    _events: dict[tuple[str, ...], tuple[str, str]] = field(default_factory=dict)

    def caller(self, door: str, ident: str) -> Caller | None:
        return next((self._caller(door, one) for one in self.partners if one.system_id == ident), None)

    def owner(self, door: str, key: bytes) -> Caller | None:
        return Callers(self._caller(door, one) for one in self.partners).owner(key)

    def certified(self, door: str) -> Caller | None:
        return next((self._caller(door, one) for one in self.partners if one.name == self.shown), None)

    def once(self, what: str, until: int) -> Future[bool]:
        assert until >= self.clock.now(), "what nobody may show any more is not remembered"
        first = what not in self.marks
        self.marks[what] = until
        return _done(first)

    def throttled(self, address: str) -> bool:
        return address in self.slow_addresses

    def canonical(self, code: str) -> str:
        return ALIASES.get(code, code)

    async def receive(
        self,
        chunks: AsyncIterator[bytes],
        *,
        limit: int | None = None,
        announced: int | None = None,
        strip_crlf: bool = False,
        format: str = "edxml",  # noqa: A002 - as the port has it
    ) -> Received:
        body = b"".join([chunk async for chunk in chunks])
        if len(body) > (limit or self.max_bytes):
            raise Rejected("body.too_large")
        if announced is not None and announced != len(body):
            raise Rejected("body.truncated")
        body = body.removesuffix(b"\r\n") if strip_crlf else body
        return Received(self._claim(body), _read(body, format))

    async def take(self, body: bytes) -> Received:
        if len(body) > self.max_bytes:
            raise Rejected("body.too_large")
        return Received(self._claim(body), _read(body))

    def discard(self, received: Received) -> None:
        self.discarded.append(received)

    def accept(self, inbound: Inbound) -> Future[Receipt]:
        self.inbounds.append(inbound)
        try:
            return _done(self._accept(inbound))
        except Exception as error:
            return _failed(error)

    def refused(
        self, door: str, rejection: Rejected, *, partner: str = "", address: str = "", digest: str = "", size: int = 0
    ) -> None:
        self.refusals.append(Refusal(door, rejection.code, partner, address, digest, size))

    async def settled(self, future: Future[T]) -> T:
        return await asyncio.wrap_future(future)

    def sent(
        self, caller: Caller, type_: str | None = None, message_id: str | None = None, limit: int = 1000
    ) -> Sequence[SentCopy]:
        mine = [copy for copy in self.mailbox.copies.values() if copy.partner == caller.partner]
        chosen = [copy for copy in mine if message_id in (None, copy.message_id)]
        return [copy.sent() for copy in reversed(chosen) if type_ in (None, copy.content.type)][:limit]

    def trace(self, caller: Caller, message_id: str) -> Sequence[Step]:
        return [
            Step(copy.accepted_at, copy.doc_id, "copy.born", "offered") for copy in self.sent(caller, None, message_id)
        ]

    def outbox(self, caller: Caller, sought: Sought) -> Outbox:
        self.sought.append(sought)
        return Outbox(self.sent(caller, sought.type or None, limit=sought.limit), "")

    def lives(self, copies: Sequence[SentCopy]) -> Mapping[str, Life]:
        return {copy.doc_id: self.told.get(copy.doc_id, Life()) for copy in copies if copy.type == "edoc"}

    def agencies(self) -> Sequence[Agency]:
        return self.directory

    def agencies_version(self) -> int:
        return self.version

    def _caller(self, door: str, partner: Partner) -> Caller:
        now = partner.key if door in {"api", "reports"} else partner.secret
        former = [self.former_secrets[partner.name]] if partner.name in self.former_secrets else []
        return Caller(partner.name, frozenset({partner.agency}), (now, *former))

    def _claim(self, body: bytes) -> Claim:
        digest = hashlib.sha256(body).hexdigest()
        if self.folder is None or len(body) <= 64 << 10:
            return Claim(digest, len(body), data=body)
        path = self.folder / digest
        path.write_bytes(body)
        return Claim(digest, len(body), path=path)

    def _accept(self, inbound: Inbound) -> Receipt:
        if self.fault:
            raise self.fault
        if known := self._calls.get(inbound.call_key or ""):
            if known[1] != inbound.claim.sha256:
                raise Rejected("call.key_reused")
            return self._receipt(known[0], repeated=True)
        message_id, repeated = self._event(inbound.content)
        if not repeated:
            self._check(inbound)
            self._deliver(inbound, message_id)
        if inbound.call_key:
            self._calls[inbound.call_key] = message_id, inbound.claim.sha256
        self._events[_key(inbound.content)] = message_id, inbound.content.digest
        return self._receipt(message_id, repeated=repeated)

    def _event(self, content: Content) -> tuple[str, bool]:
        message_id, digest = self._events.get(_key(content), (new_id(), content.digest))
        if digest != content.digest:
            raise Rejected("document.conflict", content.document_id)
        return message_id, _key(content) in self._events

    def _check(self, inbound: Inbound) -> None:
        if inbound.secrecy != "normal":
            raise Rejected("secrecy.marked")
        if inbound.expires_at is not None and inbound.expires_at <= self.clock.now():
            raise Rejected("expired")
        known = {partner.agency for partner in self.partners}
        if bad := [code for code in inbound.recipients if self.canonical(code) not in known]:
            raise Rejected("recipient.unknown", ", ".join(bad))

    def _deliver(self, inbound: Inbound, message_id: str) -> None:
        for code in inbound.recipients:
            copy = Copy(
                new_id(),
                message_id,
                self.canonical(code),
                inbound.came_by.partner,
                inbound.content,
                inbound.claim,
                self.clock.now(),
            )
            self.mailbox.copies[copy.doc_id] = copy

    def _receipt(self, message_id: str, *, repeated: bool) -> Receipt:
        copies = [copy for copy in self.mailbox.copies.values() if copy.message_id == message_id]
        rows = tuple(CopyReceipt(copy.doc_id, copy.recipient, "mailbox", copy.state) for copy in copies)
        return Receipt(message_id, self.clock.now(), rows, repeated=repeated)


def _key(content: Content) -> tuple[str, ...]:
    return content.sender, content.type, content.key, content.variant


def _read(body: bytes, format_: str) -> Content:
    if not body:
        raise Rejected("body.empty")
    reader = schemas.reader(format_)
    try:
        reader.feed(body)
        return reader.close()
    except Invalid as error:
        raise Rejected(error.code, error.detail) from error


def _within(at: int, start: int | None, end: int | None) -> bool:
    return (start is None or start <= at) and (end is None or at <= end)


def _done(value: T) -> Future[T]:
    future: Future[T] = Future()
    future.set_result(value)
    return future


def _failed(error: Exception) -> Future[T]:
    future: Future[T] = Future()
    future.set_exception(error)
    return future
